using System.CommandLine;
using Builder.Cli.Containers;
using Builder.Cli.Displays;
using Builder.Cli.Registries;
using Builder.Engine.Containers.Working;
using Builder.Oci;
using Builder.Registry;

namespace Builder.Cli.Commands;

/// <summary>
/// <c>builder rm</c>: removes containers; with <c>--remote</c> it deletes in a registry, a tag alone by its name, an image, with all
/// its tags, by its digest.
/// </summary>
internal static class RmCommand
{
    private static readonly RegistryFlags Flags = new();
    private static readonly Option<bool> Force = new("--force", "-f") { Description = "Kill containers that run" };
    private static readonly Option<bool> Volumes = new("--volumes", "-v") { Description = "With their anonymous volumes, of which there are none" };
    private static readonly Option<bool> Remote = new("--remote") { Description = "Delete in the registry" };
    private static readonly Option<bool> Manifest = new("--manifest") { Description = "Delete the image that a tag stands for, with every tag that it has" };
    private static readonly Argument<string[]> Names = new("name") { Description = "Names or ids of containers; with --remote, names with a tag or a digest", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command("rm", "Remove containers, or images and tags in a registry") { Force, Volumes, Remote, Manifest, Names };
        Flags.AddTo(command);
        command.SetAction((parsed, _) => parsed.GetValue(Remote) || parsed.GetValue(Manifest)
            ? Session.GuardAsync(token => RemoveAsync(parsed, token))
            : RemoveContainersAsync(parsed.GetValue(Names)!, parsed.GetValue(Force)));
        return command;
    }

    private static Task<int> RemoveContainersAsync(string[] names, bool force) =>
        EachContainer.RunAsync(names, async (session, container, token) =>
        {
            await new ContainerControl(session.Store, TimeProvider.System).RemoveAsync(container, force, token);
            return EachContainer.AsWritten(names, container);
        });

    private static async Task<int> RemoveAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        foreach (var reference in parsed.GetValue(Names)!.Select(ImageReference.Parse))
        {
            using var registry = new RegistryClient(Flags.Options(parsed, reference.Domain));
            var target = reference.Digest is null && parsed.GetValue(Manifest)
                ? reference with { Tag = null, Digest = (await registry.FindAsync(reference, cancellationToken)).Digest }
                : reference;
            await DeleteAsync(registry, target, cancellationToken);
            Terminal.WriteLine($"Deleted: {target.Familiar}");
        }

        return 0;
    }

    /// <summary>Something that refers to an image is taken off the list of those, too.</summary>
    private static async Task DeleteAsync(RegistryClient registry, ImageReference target, CancellationToken cancellationToken)
    {
        Descriptor? subject = null;
        if (target.Digest is not null && await registry.FindAsync(target, cancellationToken) is var found && MediaTypes.IsManifest(found.MediaType))
        {
            subject = OciJson.ReadManifest(await registry.FetchDocumentAsync(target, found, cancellationToken)).Subject;
        }

        await registry.DeleteAsync(target, cancellationToken);
        if (subject is not null)
        {
            await registry.RemoveFromReferrersTagAsync(target, subject.Digest, target.Digest!.Value, cancellationToken);
        }
    }
}
