using System.CommandLine;
using Builder.Cli.Completion;
using Builder.Cli.Displays;

namespace Builder.Cli.Commands;

/// <summary><c>builder completion</c>: the script that makes a shell's Tab key ask Builder.</summary>
internal static class CompletionCommand
{
    private static readonly Argument<string> Shell = new("shell") { Description = "bash, zsh, fish or powershell" };

    public static Command Create()
    {
        var command = new Command("completion", "Print the completion script of a shell") { Shell };
        command.SetAction((parsed, _) => Session.GuardAsync(_ =>
        {
            Terminal.WriteLine(CompletionScripts.For(parsed.GetValue(Shell)!));
            return Task.FromResult(0);
        }));
        return command;
    }

    /// <summary>What the scripts call; silent about everything that goes wrong.</summary>
    public static int Answer(Command root, string[] words)
    {
        var completions = new Completer(root, new CompletionSources()).Complete([.. words.Select(word => word == "\"\"" ? "" : word)]);
        foreach (var (value, meaning) in completions.Values)
        {
            Terminal.WriteLine(meaning.Length == 0 ? Terminal.Harmless(value) : $"{Terminal.Harmless(value)}\t{meaning}");
        }

        Terminal.WriteLine(completions.Paths switch { PathKind.Files => ":files", PathKind.Folders => ":folders", _ => ":none" });
        return 0;
    }
}
