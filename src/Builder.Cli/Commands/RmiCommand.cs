using System.CommandLine;
using Builder.Cli.Calls;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Images;

namespace Builder.Cli.Commands;

/// <summary><c>builder rmi</c>: takes names away, and removes images that have none left.</summary>
internal static class RmiCommand
{
    private static readonly Option<bool> Force = new("--force", "-f") { Description = "Take all names of an image away, and a name from an image that is in use" };
    private static readonly Option<bool> NoPrune = new("--no-prune") { Description = "Leave what nobody needs any more to 'builder prune'" };
    private static readonly Option<string> Format = TextOrJson.Option();
    private static readonly Argument<string[]> Images = new("image") { Description = "Name or id of an image", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command("rmi", "Remove images") { Force, NoPrune, Format, Images };
        command.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => Task.FromResult(Remove(session, parsed, token))));
        return command;
    }

    /// <summary>What cannot be removed does not keep the rest.</summary>
    private static int Remove(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var remover = new ImageRemover(session.Store);
        var isJson = TextOrJson.IsJson(parsed, Format);
        var untagged = new List<string>();
        var deleted = new List<string>();
        var status = 0;
        foreach (var text in parsed.GetValue(Images)!)
        {
            try
            {
                var removed = remover.Remove(text, parsed.GetValue(Force));
                untagged.AddRange(removed.Untagged.Select(name => name.Familiar));
                deleted.AddRange(removed.Deleted.Select(id => id.ToString()));
                foreach (var line in isJson ? [] : removed.Untagged.Select(name => $"Untagged: {name.Familiar}").Concat(removed.Deleted.Select(id => $"Deleted: {id}")))
                {
                    Terminal.WriteLine(line);
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

        if (isJson)
        {
            Terminal.WriteLine(JsonText.Write(json =>
            {
                TextOrJson.WriteList(json, "untagged", untagged);
                TextOrJson.WriteList(json, "deleted", deleted);
            }));
        }

        return status;
    }
}
