using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation;

/// <summary>What stands in a <c>COPY --from</c> or in a mount's <c>from</c>, as written. Only the former may count stages.</summary>
/// <param name="Escape">The escape character of the text that it stands in.</param>
internal readonly record struct StageReference(string Text, bool IsMount, char Escape)
{
    /// <summary>How messages call the place that it stands in.</summary>
    public string Option => IsMount ? "the mount's from" : "--from";

    /// <summary>What an instruction refers to, with the places to blame.</summary>
    public static IEnumerable<(StageReference Reference, SourceSpan Span)> Of(PlannedInstruction planned) => planned.Instruction switch
    {
        CopyInstruction { From: { } from } => [(new StageReference(from.Text, false, planned.Escape), from.Span)],
        RunInstruction run => run.Mounts.Where(MayMount).Select(mount => mount.From).OfType<Word>()
            .Select(from => (new StageReference(from.Text, true, planned.Escape), from.Span)),
        _ => [],
    };

    /// <summary>Other types of mounts refuse a <c>from</c> when they are compiled; there is nothing to look up for them.</summary>
    private static bool MayMount(MountFlag mount) =>
        mount.Fields.LastOrDefault(field => field.Key == "type")?.Value is not ("tmpfs" or "secret" or "ssh");
}
