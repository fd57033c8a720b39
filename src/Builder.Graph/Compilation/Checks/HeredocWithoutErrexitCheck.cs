using System.Text.RegularExpressions;
using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation.Checks;

/// <summary>
/// A RUN whose here-document is a script of several commands for a shell that does not stop at the first that fails: only the
/// status of the last one counts (rule H10).
/// </summary>
internal sealed partial class HeredocWithoutErrexitCheck() : StageCheck(CheckRules.HeredocWithoutErrexit)
{
    public override IEnumerable<Finding> Look(Instruction instruction, StageView stage)
    {
        if (instruction is RunInstruction { Command: ScriptCommand { HasInterpreter: false } command }
            && !stage.State.Shell.Skip(1).Any(argument => ShellOption().IsMatch(argument))
            && !SetsErrexit().IsMatch(command.Script)
            && CountCommands(command.Script) > 1)
        {
            yield return Found(
                instruction, "A command in this here-document can fail without failing the build: only the last one counts", command.Heredoc.Span,
                "begin the script with set -e, or choose a shell that stops: SHELL [\"/bin/sh\", \"-e\", \"-c\"]");
        }
    }

    /// <summary>Lines that begin a command: no comments, nothing that an earlier line continues.</summary>
    private static int CountCommands(string script)
    {
        var count = 0;
        var continues = false;
        foreach (var line in script.Split('\n').Select(line => line.Trim()))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            count += continues ? 0 : 1;
            continues = line[^1] is '\\' or '|' || line.EndsWith("&&", StringComparison.Ordinal);
        }

        return count;
    }

    /// <summary>Among the shell's own options, such as <c>-ec</c> or <c>errexit</c>.</summary>
    [GeneratedRegex("^(-[A-Za-z]*e[A-Za-z]*|errexit)$", RegexOptions.CultureInvariant)]
    private static partial Regex ShellOption();

    [GeneratedRegex(@"^\s*set\s+(-[A-Za-z]+\s+)*(-[A-Za-z]*e[A-Za-z]*|-o\s+errexit)(\s|;|$)", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex SetsErrexit();
}
