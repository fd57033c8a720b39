using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Cli.Help;
using Builder.Diagnostics;

namespace Builder.Cli.Commands;

/// <summary><c>builder man</c>: the manual pages, from the same definitions as the help.</summary>
internal static class ManCommand
{
    private static readonly Option<string?> Out = new("--out") { Description = "A folder to write the pages of all commands to (default: print one page)", HelpName = "folder" };
    private static readonly Argument<string[]> Verb = new("command") { Description = "The command whose page is printed, such as: build, or: cache ls", Arity = ArgumentArity.ZeroOrMore };

    public static Command Create()
    {
        var command = new Command("man", "Write manual pages") { Out, Verb };
        command.SetAction((parsed, _) => Session.GuardAsync(async token =>
        {
            var root = CommandLine.CreateRoot();
            if (parsed.GetValue(Out) is { } folder)
            {
                await WriteAllAsync(root, folder, token);
                return 0;
            }

            var verb = parsed.GetValue(Verb)!;
            var path = HelpPage.PathsOf(root).FirstOrDefault(path => path.Skip(1).Select(part => part.Name).SequenceEqual(verb, StringComparer.Ordinal))
                ?? throw new BuilderException(CliErrors.Usage, $"'{string.Join(' ', verb)}' is not a command", "see 'builder --help'");
            Terminal.WriteLine(ManPage.Render(HelpPage.Of(path), VersionCommand.Version).TrimEnd('\n'));
            return 0;
        }));
        return command;
    }

    private static async Task WriteAllAsync(Command root, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        foreach (var page in HelpPage.PathsOf(root).Select(HelpPage.Of))
        {
            await File.WriteAllTextAsync(Path.Combine(folder, ManPage.FileName(page)), ManPage.Render(page, VersionCommand.Version), cancellationToken);
        }
    }
}
