using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Cli.Registries;
using Builder.Diagnostics;
using Builder.Oci;
using Builder.Registry;

namespace Builder.Cli.Commands;

/// <summary><c>builder rm --remote</c>: deletes in a registry. A tag alone by its name; an image, with all its tags, by its digest.</summary>
internal static class RmCommand
{
    private static readonly RegistryFlags Flags = new();
    private static readonly Option<bool> Remote = new("--remote") { Description = "Delete in the registry" };
    private static readonly Option<bool> Manifest = new("--manifest") { Description = "Delete the image that a tag stands for, with every tag that it has" };
    private static readonly Argument<string[]> Names = new("name") { Description = "A name with a tag or a digest", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command("rm", "Delete images and tags in a registry") { Remote, Manifest, Names };
        Flags.AddTo(command);
        command.SetAction((parsed, _) => Session.GuardAsync(token => RemoveAsync(parsed, token)));
        return command;
    }

    private static async Task<int> RemoveAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (!parsed.GetValue(Remote))
        {
            throw new BuilderException(CliErrors.Usage, "rm deletes in registries, and wants to hear that", "say --remote; to remove an image from the store there is 'builder rmi'");
        }

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
