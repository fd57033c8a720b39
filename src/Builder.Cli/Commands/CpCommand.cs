using System.CommandLine;
using Builder.Cli.Containers;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Containers.Working;
using Builder.Linux.Files;

namespace Builder.Cli.Commands;

/// <summary><c>builder cp</c>: files between a container and this machine, by Docker's rules; <c>-</c> is a tar.</summary>
internal static class CpCommand
{
    private const string Stream = "-";

    private static readonly Option<bool> Archive = new("--archive", "-a") { Description = "Keep owners and groups" };
    private static readonly Option<bool> FollowLink = new("--follow-link", "-L") { Description = "Copy what a link leads to" };
    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Say nothing; accepted for scripts" };
    private static readonly Argument<string> From = new("source") { Description = "CONTAINER:PATH, a path here, or - for a tar from standard input" };
    private static readonly Argument<string> To = new("destination") { Description = "CONTAINER:PATH, a path here, or - for a tar to standard output" };

    public static Command Create()
    {
        var command = new Command("cp", "Copy files between a container and this machine") { Archive, FollowLink, Quiet, From, To };
        command.SetAction((parsed, _) =>
        {
            var names = new[] { Split(parsed.GetValue(From)!).Container, Split(parsed.GetValue(To)!).Container }.OfType<string>().ToArray();
            return ContainerSession.RunAsync(names, (session, token) => CopyAsync(session, parsed, token));
        });
        return command;
    }

    private static async Task<int> CopyAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var (from, to) = (Split(parsed.GetValue(From)!), Split(parsed.GetValue(To)!));
        if (from.Container is null == to.Container is null)
        {
            throw new BuilderException(CliErrors.Usage, from.Container is null ? "neither path is in a container" : "copying between containers is not supported", "write one of them as CONTAINER:PATH");
        }

        var container = session.Store.Containers.Get(from.Container ?? to.Container!);
        using var tree = await ContainerTree.OpenAsync(session.Store, container, TimeProvider.System, cancellationToken);
        using var here = RootDirectory.Open("/");
        var (follow, keep) = (parsed.GetValue(FollowLink), parsed.GetValue(Archive));
        switch (from, to)
        {
            case ({ Container: not null }, { Path: Stream }):
                RequireNoTerminal();
                await using (var output = Terminal.OpenOutput())
                {
                    TreeCopy.WriteTar(tree.Root, from.Path, follow, output, cancellationToken);
                }

                break;
            case ({ Container: not null }, _):
                await TreeCopy.CopyAsync(tree.Root, from.Path, here, Absolute(to.Path), follow, keep, cancellationToken);
                break;
            case ({ Path: Stream }, _):
                await using (var input = Terminal.OpenInput())
                {
                    // A tar says itself whose its files are.
                    TreeCopy.ReadTar(input, tree.Root, to.Path, keepOwners: true, cancellationToken);
                }

                break;
            default:
                await TreeCopy.CopyAsync(here, Absolute(from.Path), tree.Root, to.Path, follow, keep, cancellationToken);
                break;
        }

        return 0;
    }

    /// <summary>A path here is one with a slash before any colon, or without a colon.</summary>
    private static (string? Container, string Path) Split(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon <= 0 || text.StartsWith('/') || text.StartsWith('.') ? (null, text) : (text[..colon], text[(colon + 1)..]);
    }

    /// <summary>What ends in a slash or in <c>/.</c> still does.</summary>
    private static string Absolute(string path)
    {
        var end = path.EndsWith("/.", StringComparison.Ordinal) || path is "." ? "/." : path.EndsWith('/') ? "/" : "";
        return Path.GetFullPath(path).TrimEnd('/') + end;
    }

    private static void RequireNoTerminal()
    {
        if (Terminal.OutputIsTerminal)
        {
            throw new BuilderException(CliErrors.TerminalOutput, "an archive is nothing to look at", "send the output somewhere");
        }
    }
}
