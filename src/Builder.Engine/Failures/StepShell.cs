using Builder.Containers;
using Microsoft.Win32.SafeHandles;

namespace Builder.Engine.Failures;

/// <summary>How a shell in a step's container talks to the user.</summary>
/// <param name="Begin">Called with a sentence for the user before the shell starts: from here on nothing else may draw on the terminal.</param>
/// <param name="End">Called when it has ended.</param>
/// <param name="OpenInput">Opens what the shell reads; closed when it has ended.</param>
/// <param name="Output">What it writes.</param>
public sealed record StepShell(Action<string> Begin, Action End, Func<SafeFileHandle> OpenInput, OutputReceiver Output);
