using System.Text.RegularExpressions;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>
/// Arguments begin like a JSON array and are none, so that they are taken as plain text without a word (rule I8). The command
/// <c>[ "$a" = b ]</c> of a shell is not meant: it has a blank behind the bracket and no comma behind the first string.
/// </summary>
internal sealed partial class JSONFormIgnoredCheck() : InstructionCheck(CheckRules.JSONFormIgnored)
{
    private const string Hint = "a JSON array has double quotes around every element, commas between them, none behind the last, and nothing behind the bracket";

    public override IEnumerable<Finding> Look(Instruction instruction)
    {
        var (text, span) = Arguments(instruction);
        if (text is not null && LooksLikeJson().IsMatch(text))
        {
            yield return Found(instruction, $"The arguments of {instruction.Name} look like a JSON array, but are plain text: they are no valid JSON", span, Hint);
        }
    }

    private static (string? Text, SourceSpan? Span) Arguments(Instruction instruction) => instruction switch
    {
        RunInstruction { Command: ShellCommand shell } => (shell.Text, shell.Span),
        CmdInstruction { Command: ShellCommand shell } => (shell.Text, shell.Span),
        EntrypointInstruction { Command: ShellCommand shell } => (shell.Text, shell.Span),
        HealthcheckInstruction { Command: ShellCommand shell } => (shell.Text, shell.Span),
        TransferInstruction { Sources: [var first, ..] } transfer => FromFirst(instruction, first, transfer.Destination),
        VolumeInstruction { Paths: [var first, ..] } volume => FromFirst(instruction, first, volume.Paths[^1]),
        _ => (null, null),
    };

    /// <summary>Words of an array were decoded, and begin with no bracket.</summary>
    private static (string? Text, SourceSpan? Span) FromFirst(Instruction instruction, Word first, Word last) =>
        first.Text.StartsWith('[') && first.Span.Start >= instruction.Span.Start && last.Span.End >= first.Span.Start
            ? (first.Span.To(last.Span).Text, first.Span.To(last.Span))
            : (null, null);

    [GeneratedRegex("""^\[(['"]|\s+("[^"]*"|'[^']*')\s*,)""", RegexOptions.CultureInvariant)]
    private static partial Regex LooksLikeJson();
}
