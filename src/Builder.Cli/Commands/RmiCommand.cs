using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Images;

namespace Builder.Cli.Commands;

/// <summary><c>builder rmi</c>: takes names away, and removes images that have none left.</summary>
internal static class RmiCommand
{
    private static readonly Option<bool> Force = new("--force", "-f") { Description = "Take all names of an image away, and a name from an image that is in use" };
    private static readonly Option<bool> NoPrune = new("--no-prune") { Description = "Leave what nobody needs any more to 'builder prune'" };
    private static readonly Argument<string[]> Images = new("image") { Description = "Name or id of an image", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command("rmi", "Remove images") { Force, NoPrune, Images };
        command.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => Task.FromResult(Remove(session, parsed, token))));
        return command;
    }

    /// <summary>What cannot be removed does not keep the rest.</summary>
    private static int Remove(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var remover = new ImageRemover(session.Store);
        var status = 0;
        foreach (var text in parsed.GetValue(Images)!)
        {
            try
            {
                var removed = remover.Remove(text, parsed.GetValue(Force));
                foreach (var name in removed.Untagged)
                {
                    Terminal.WriteLine($"Untagged: {name.Familiar}");
                }

                foreach (var id in removed.Deleted)
                {
                    Terminal.WriteLine($"Deleted: {id}");
                }
            }
            catch (BuilderException e)
            {
                ErrorDisplay.Write(e);
                status = e.Code.ExitCode;
            }
        }

        if (!parsed.GetValue(NoPrune))
        {
            remover.CollectGarbage(cancellationToken);
        }

        return status;
    }
}
