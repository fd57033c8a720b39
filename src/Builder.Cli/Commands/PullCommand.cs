using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Cli.Registries;
using Builder.Engine.Pulling;
using Builder.Oci;
using Builder.Registry;

namespace Builder.Cli.Commands;

/// <summary><c>builder pull</c>: an image, or every tag of a repository, into the store.</summary>
internal static class PullCommand
{
    private static readonly RegistryFlags Flags = new();
    private static readonly Option<string?> PlatformOption = new("--platform") { Description = "Which image of several, as os/arch[/variant] (default: this machine's)", HelpName = "platform" };
    private static readonly Option<bool> AllTags = new("--all-tags", "-a") { Description = "Every tag of the repository" };
    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Print the image id and nothing else" };
    private static readonly Argument<string> Image = new("image") { Description = "Name of the image, as [registry/]name[:tag][@digest]" };

    public static Command Create()
    {
        var command = new Command("pull", "Fetch an image from a registry") { PlatformOption, AllTags, Quiet, Image };
        Flags.AddTo(command);
        command.SetAction((parsed, _) => Session.RunAsync((session, token) => PullAsync(session, parsed, token)));
        return command;
    }

    private static async Task<int> PullAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var platform = parsed.GetValue(PlatformOption) is { } text ? Platform.Parse(text) : Platform.Host;
        return await ShortNames.FirstAsync(ShortNames.Candidates(parsed.GetValue(Image)!), reference => PullAsync(session, parsed, reference, platform, cancellationToken));
    }

    private static async Task<int> PullAsync(Session session, ParseResult parsed, ImageReference reference, Platform platform, CancellationToken cancellationToken)
    {
        using var registry = new RegistryClient(Flags.Options(parsed, reference.Domain));
        var puller = new ImagePuller(session.Store, registry);
        foreach (var one in parsed.GetValue(AllTags) ? await TagsAsync(registry, reference, cancellationToken) : [reference])
        {
            var pulled = await PullAsync(puller, one, platform, parsed.GetValue(Quiet), cancellationToken);
            if (parsed.GetValue(Quiet))
            {
                Terminal.WriteLine(OciJson.ReadManifest(session.Store.Content.ReadDocument(pulled.Target)).Config.Digest.ToString());
                continue;
            }

            Terminal.WriteErrorLine($"Digest: {pulled.RepositoryDigest}");
            Terminal.WriteErrorLine(pulled.IsNew ? $"Status: Downloaded newer image for {one.Familiar}" : $"Status: Image is up to date for {one.Familiar}");
            Terminal.WriteLine(one.ToString());
        }

        return 0;
    }

    private static async Task<PulledImage> PullAsync(ImagePuller puller, ImageReference reference, Platform platform, bool isQuiet, CancellationToken cancellationToken)
    {
        if (isQuiet)
        {
            return await puller.PullAsync(reference, platform, new QuietPull(), cancellationToken);
        }

        using var display = new PullDisplay(Terminal.CanRedraw ? Terminal.WriteError : null, Terminal.WriteErrorLine, TimeProvider.System);
        return await puller.PullAsync(reference, platform, display, cancellationToken);
    }

    private static async Task<IReadOnlyList<ImageReference>> TagsAsync(RegistryClient registry, ImageReference repository, CancellationToken cancellationToken)
    {
        var tags = new List<ImageReference>();
        await foreach (var tag in registry.ListTagsAsync(repository, cancellationToken: cancellationToken))
        {
            tags.Add(ImageReference.Parse($"{repository.Repository}:{tag}"));
        }

        return tags;
    }
}
