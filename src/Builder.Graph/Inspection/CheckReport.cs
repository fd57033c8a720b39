using Builder.Diagnostics;

namespace Builder.Graph.Inspection;

/// <summary>What build checks say of a file.</summary>
/// <param name="Warnings">What was found and nobody silenced, in the order of the text; up to the error, if there is one.</param>
/// <param name="Error">What keeps the file from being compiled.</param>
/// <param name="AreErrors">Whether <c>check=error=true</c> is in force.</param>
public sealed record CheckReport(IReadOnlyList<Diagnostic> Warnings, BuilderException? Error, bool AreErrors);
