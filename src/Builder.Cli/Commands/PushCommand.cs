using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Cli.Registries;
using Builder.Diagnostics;
using Builder.Engine.Images;
using Builder.Engine.Pushing;
using Builder.Engine.Transports;
using Builder.Oci;
using Builder.Registry;
using Builder.Storage;

namespace Builder.Cli.Commands;

/// <summary><c>builder push</c>: images of the store to their registries.</summary>
internal static class PushCommand
{
    private static readonly RegistryFlags Flags = new();
    private static readonly Option<bool> AllTags = new("--all-tags", "-a") { Description = "Push every tag that the store has of the repository" };
    private static readonly Option<string?> PlatformOption = new("--platform") { Description = "Of an image for several platforms, push this one", HelpName = "platform" };
    private static readonly Argument<string> Image = new("image") { Description = "Name or id of an image" };
    private static readonly Argument<string?> Destination = new("destination") { Description = "Where to, as [docker://]name (default: where the name says)", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        var command = new Command("push", "Push an image to a registry")
        {
            AllTags, PlatformOption, PushOptions.Compression, PushOptions.Level, PushOptions.Force, PushOptions.Format, PushOptions.DigestFile, PushOptions.Quiet, Image, Destination,
        };
        Flags.AddTo(command);
        command.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => PushAsync(session, parsed, token)));
        return command;
    }

    private static async Task<int> PushAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var platform = parsed.GetValue(PlatformOption) is { } text ? Platform.Parse(text) : null;
        Digest? last = null;
        foreach (var (target, names) in Images(session, parsed))
        {
            var request = new PushRequest(target, names) { Platform = platform }.With(parsed);
            using var registry = new RegistryClient(Flags.Options(parsed, names[0].Domain));
            last = (await PushAsync(session.Store, registry, request, parsed.GetValue(PushOptions.Quiet), report: true, cancellationToken)).Manifest.Digest;
        }

        await PushOptions.WriteDigestAsync(parsed.GetValue(PushOptions.DigestFile), last!.Value, cancellationToken);
        return 0;
    }

    /// <summary>Pushes and reports in Docker's words: <c>tag: digest: sha256:… size: n</c> for each destination.</summary>
    public static async Task<PushResult> PushAsync(
        BuilderStore store, RegistryClient registry, PushRequest request, bool quiet, bool report, CancellationToken cancellationToken)
    {
        PushResult result;
        using (var display = TransferDisplay.Open(quiet))
        {
            result = await new ImagePusher(store, registry).PushAsync(request, display.Show, cancellationToken);
        }

        if (!quiet)
        {
            Terminal.WriteErrorLine(result.WasCurrent
                ? "nothing to push: the registry has it already"
                : $"sent {Sizes.Format(result.BytesSent)}: {result.Sent} new, {result.Mounted} from other repositories, {result.Existed} already there");
        }

        foreach (var name in report ? request.Destinations : [])
        {
            Terminal.WriteLine(quiet ? name.ToString() : $"{name.Tag ?? name.Familiar}: digest: {result.Manifest.Digest} size: {result.Manifest.Size}");
        }

        return result;
    }

    private static (Descriptor Target, IReadOnlyList<ImageReference> Names)[] Images(Session session, ParseResult parsed)
    {
        var text = parsed.GetValue(Image)!;
        var destination = parsed.GetValue(Destination);
        if (parsed.GetValue(AllTags))
        {
            return AllOf(session, text, destination);
        }

        var target = new ImageCatalog(session.Store).Get(text).Target;
        if (destination is not null)
        {
            return [(target, [DestinationOf(destination)])];
        }

        return ImageReference.TryParse(text, out var name) && session.Store.Names.Resolve(name) is not null
            ? [(target, [name])]
            : throw new BuilderException(CliErrors.Usage, $"'{text}' is the id of an image and says no registry", "say where to push it: builder push ID NAME");
    }

    private static (Descriptor Target, IReadOnlyList<ImageReference> Names)[] AllOf(Session session, string text, string? destination)
    {
        var repository = ImageReference.Parse(text);
        if (destination is not null || text != repository.Familiar[..^":latest".Length] && text.EndsWith(':' + repository.Tag, StringComparison.Ordinal))
        {
            throw new BuilderException(CliErrors.Usage, "--all-tags takes a name without a tag, and no destination");
        }

        var images = session.Store.Names.List()
            .Where(image => image.Reference?.Repository == repository.Repository && image.Reference.Tag is not null)
            .GroupBy(image => image.Target.Digest)
            .Select(group => (group.First().Target, (IReadOnlyList<ImageReference>)[.. group.Select(image => image.Reference!)]))
            .ToArray();
        return images.Length > 0
            ? images
            : throw new BuilderException(Engine.EngineErrors.NoSuchImage, $"the store has no tag of {text}", "'builder images' lists what there is");
    }

    internal static ImageReference DestinationOf(string text)
    {
        var location = ImageLocation.Parse(text);
        return location.Kind is TransportKind.Registry or TransportKind.Store
            ? ImageReference.Parse(location.Path)
            : throw new BuilderException(CliErrors.Usage, $"push goes to registries, and '{text}' is none", "'builder copy' writes layouts and archives");
    }
}
