using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Cli.Registries;
using Builder.Diagnostics;
using Builder.Engine.Images;
using Builder.Engine.Pushing;
using Builder.Engine.Transports;
using Builder.Oci;
using Builder.Registry;

namespace Builder.Cli.Commands;

/// <summary><c>builder copy</c>: images between registries, layouts, archives and the store.</summary>
internal static class CopyCommand
{
    private static readonly RegistryFlags Flags = new();
    private static readonly Option<bool> All = new("--all", "-a") { Description = "Copy the images of all platforms (the default)" };
    private static readonly Option<string?> PlatformOption = new("--platform") { Description = "Of an image for several platforms, copy this one", HelpName = "platform" };
    private static readonly Option<bool> Referrers = new("--referrers", "-r") { Description = "Copy signatures, attestations and whatever else refers to the image" };
    private static readonly Argument<string> Source = new("source") { Description = "docker://name, oci:folder[:tag], oci-archive:file[:name], docker-archive:file[:name], or a name in the store" };
    private static readonly Argument<string> Destination = new("destination") { Description = "As the source" };

    public static Command Create()
    {
        var command = new Command("copy", "Copy an image between registries, layouts, archives and the store") { All, PlatformOption, Referrers, PushOptions.DigestFile, PushOptions.Quiet, Source, Destination };
        Flags.AddTo(command);
        command.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => CopyAsync(session, parsed, token)));
        return command;
    }

    private static async Task<int> CopyAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var from = ImageLocation.Parse(parsed.GetValue(Source)!);
        var to = ImageLocation.Parse(parsed.GetValue(Destination)!);
        var platform = parsed.GetValue(PlatformOption) is { } text ? Platform.Parse(text) : null;
        if (platform is not null && parsed.GetValue(All))
        {
            throw new BuilderException(CliErrors.Usage, "--all and --platform contradict each other");
        }

        var quiet = parsed.GetValue(PushOptions.Quiet);
        using var reading = ClientFor(from, parsed);
        using var writing = ClientFor(to, parsed);
        if (from.Kind == TransportKind.Store && to.Kind == TransportKind.Registry)
        {
            // Layers of the store are promises: on their way to a registry they are compressed.
            var target = new ImageCatalog(session.Store).Get(from.Path).Target;
            var pushed = await PushCommand.PushAsync(
                session.Store, writing, new PushRequest(target, [ImageReference.Parse(to.Path)]) { Platform = platform }, quiet, report: true, cancellationToken);
            await PushOptions.WriteDigestAsync(parsed.GetValue(PushOptions.DigestFile), pushed.Manifest.Digest, cancellationToken);
            return 0;
        }

        CopyResult result;
        using (var display = TransferDisplay.Open(quiet))
        {
            var copier = new ImageCopier(from.OpenSource(session.Store, reading, cancellationToken), to.OpenTarget(session.Store, writing, Terminal.OpenOutput), display.Show);
            result = await copier.CopyAsync(new CopyOptions(platform, parsed.GetValue(Referrers)), cancellationToken);
        }

        if (!quiet)
        {
            Terminal.WriteErrorLine(result.WasCurrent
                ? "nothing to copy: the destination has it already"
                : $"copied {Sizes.Format(result.BytesSent)}: {result.Sent} new, {result.Mounted} from other repositories, {result.Existed} already there{(result.Referrers > 0 ? $", {result.Referrers} referrers" : "")}");
        }

        if (to is not { Kind: TransportKind.OciArchive or TransportKind.DockerArchive, Path: Engine.Exporters.OutputSpec.Stdout })
        {
            Terminal.WriteLine(result.Root.Digest.ToString());
        }

        await PushOptions.WriteDigestAsync(parsed.GetValue(PushOptions.DigestFile), result.Root.Digest, cancellationToken);
        return 0;
    }

    /// <summary>Each end has its own: logins and certificates are for one registry.</summary>
    private static RegistryClient ClientFor(ImageLocation location, ParseResult parsed) =>
        new(Flags.Options(parsed, location.Kind == TransportKind.Registry ? ImageReference.Parse(location.Path).Domain : ""));
}
