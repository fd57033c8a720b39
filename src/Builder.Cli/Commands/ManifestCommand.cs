using System.CommandLine;
using System.Text;
using System.Text.Json;
using Builder.Cli.Displays;
using Builder.Cli.Registries;
using Builder.Diagnostics;
using Builder.Engine.Manifests;
using Builder.Engine.Pushing;
using Builder.Oci;
using Builder.Registry;

namespace Builder.Cli.Commands;

/// <summary><c>builder manifest</c>: lists of images for several platforms, and what refers to an image.</summary>
internal static class ManifestCommand
{
    private static readonly RegistryFlags Flags = new();
    private static readonly Argument<string> List = new("list") { Description = "Name of the manifest list" };
    private static readonly Argument<string> Image = new("image") { Description = "An image of the store, or docker://name" };
    private static readonly Argument<string[]> Images = new("image") { Description = "Images of the store, or docker://name", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Argument<string?> Entry = new("entry") { Description = "Digest or name of an image in the list (none: the list itself)", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string?> Destination = new("destination") { Description = "Where to (default: where the name says)", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string[]> Lists = new("list") { Description = "Names of manifest lists", Arity = ArgumentArity.OneOrMore };
    private static readonly Argument<string> Reference = new("name") { Description = "An image in a registry" };
    private static readonly Argument<string[]> Files = new("file") { Description = "Files to attach, as path[:media-type]", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> Amend = new("--amend", "-a") { Description = "Go on with a list that is there" };
    private static readonly Option<bool> All = new("--all") { Description = "Add the images of all platforms" };
    private static readonly Option<string?> Os = new("--os") { Description = "Operating system of the entry", HelpName = "os" };
    private static readonly Option<string?> Arch = new("--arch") { Description = "Processor of the entry", HelpName = "arch" };
    private static readonly Option<string?> Variant = new("--variant") { Description = "Variant of the processor", HelpName = "variant" };
    private static readonly Option<string?> OsVersion = new("--os-version") { Description = "Version of the operating system", HelpName = "version" };
    private static readonly Option<string[]> OsFeatures = new("--os-features", "--features") { Description = "Features of the operating system", HelpName = "feature" };
    private static readonly Option<string[]> Annotation = new("--annotation") { Description = "An annotation, as KEY=VALUE", HelpName = "key=value" };
    private static readonly Option<bool> Purge = new("--purge", "-p", "--rm") { Description = "Remove the list from the store when it has been pushed" };
    private static readonly Option<string?> ArtifactType = new("--artifact-type") { Description = "Kind of the artifact", HelpName = "type" };

    public static Command Create() => new("manifest", "Make and push lists of images for several platforms")
    {
        Verb("create", "Make a manifest list", [Amend, All, Annotation, List, Images], CreateAsync),
        Verb("add", "Add an image to a list", [All, Os, Arch, Variant, OsVersion, OsFeatures, Annotation, List, Image], AddAsync),
        Verb("annotate", "Say something about an entry of a list", [Os, Arch, Variant, OsVersion, OsFeatures, Annotation, List, Entry], Annotate),
        Verb("inspect", "Show a list, or a manifest of the store, as JSON", [List], Inspect),
        Verb("push", "Push a list with all its images", [All, Purge, PushOptions.Compression, PushOptions.Level, PushOptions.Force, PushOptions.Format, PushOptions.DigestFile, PushOptions.Quiet, List, Destination], PushAsync),
        Verb("remove", "Take an image off a list", [List, Image], Remove),
        Verb("rm", "Remove lists from the store", [Lists], RemoveLists),
        Verb("referrers", "List what refers to an image in a registry", [ArtifactType, Reference], ReferrersAsync),
        Verb("attach", "Attach files to an image in a registry", [ArtifactType, Annotation, Reference, Files], AttachAsync),
    };

    private static Command Verb(string name, string description, IEnumerable<Symbol> symbols, Func<Session, ParseResult, CancellationToken, Task<int>> action)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else
            {
                command.Options.Add((Option)symbol);
            }
        }

        if (name is "create" or "add" or "push" or "referrers" or "attach")
        {
            Flags.AddTo(command);
        }

        command.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => action(session, parsed, token)));
        return command;
    }

    private static async Task<int> CreateAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var name = NameOf(parsed);
        using var registry = ClientFor(parsed.GetValue(Images)!.FirstOrDefault(), parsed);
        var lists = new ManifestLists(session.Store, registry);
        lists.Create(name, parsed.GetValue(Amend));
        foreach (var image in parsed.GetValue(Images)!)
        {
            await lists.AddAsync(name, image, parsed.GetValue(All), null, new EntryChange(), cancellationToken);
        }

        if (ChangeOf(parsed, annotationsOnly: true) is { Annotations.Count: > 0 } change)
        {
            lists.Annotate(name, null, change);
        }

        Terminal.WriteLine(lists.Find(name).Digest.ToString());
        return 0;
    }

    private static async Task<int> AddAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var name = NameOf(parsed);
        var change = ChangeOf(parsed);
        var platform = change is { Os: null, Architecture: null } ? null
            : new Platform(change.Architecture ?? Platform.Host.Architecture, change.Os ?? Platform.Host.Os) { Variant = change.Variant }.Normalised();
        using var registry = ClientFor(parsed.GetValue(Image), parsed);
        var lists = new ManifestLists(session.Store, registry);
        var added = await lists.AddAsync(name, parsed.GetValue(Image)!, parsed.GetValue(All), platform, change, cancellationToken);
        foreach (var entry in added)
        {
            Terminal.WriteLine($"{entry.Digest} {entry.Platform}".TrimEnd());
        }

        return 0;
    }

    private static Task<int> Annotate(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var entry = parsed.GetValue(Entry);
        var change = ChangeOf(parsed);
        if (entry is null && change.Annotations.Count == 0)
        {
            throw new BuilderException(CliErrors.Usage, "nothing was said about the list or an entry of it", "name an entry, or give an --annotation");
        }

        new ManifestLists(session.Store, session.Registry).Annotate(NameOf(parsed), entry, change);
        return Task.FromResult(0);
    }

    private static Task<int> Inspect(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var target = new Engine.Images.ImageCatalog(session.Store) is var catalog && session.Store.Names.Resolve(NameOf(parsed)) is { } named ? named : catalog.Get(parsed.GetValue(List)!).Target;
        using var document = JsonDocument.Parse(session.Store.Content.ReadDocument(target));
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, IndentSize = 4, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            document.RootElement.WriteTo(json);
        }

        Terminal.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
        return Task.FromResult(0);
    }

    private static async Task<int> PushAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var name = NameOf(parsed);
        var target = new ManifestLists(session.Store, session.Registry).Find(name);
        var destination = parsed.GetValue(Destination) is { } text ? PushCommand.DestinationOf(text) : name;
        using var registry = ClientFor(destination, parsed);
        var result = await PushCommand.PushAsync(
            session.Store, registry, new PushRequest(target, [destination]).With(parsed), parsed.GetValue(PushOptions.Quiet), report: true, cancellationToken);
        await PushOptions.WriteDigestAsync(parsed.GetValue(PushOptions.DigestFile), result.Manifest.Digest, cancellationToken);
        if (parsed.GetValue(Purge))
        {
            session.Store.Names.Remove(name);
        }

        return 0;
    }

    private static Task<int> Remove(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        new ManifestLists(session.Store, session.Registry).Remove(NameOf(parsed), parsed.GetValue(Image)!);
        return Task.FromResult(0);
    }

    private static Task<int> RemoveLists(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var lists = new ManifestLists(session.Store, session.Registry);
        foreach (var name in parsed.GetValue(Lists)!.Select(ImageReference.Parse))
        {
            lists.Find(name);
            session.Store.Names.Remove(name);
            Terminal.WriteLine($"Untagged: {name.Familiar}");
        }

        return Task.FromResult(0);
    }

    private static async Task<int> ReferrersAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var reference = ImageReference.Parse(parsed.GetValue(Reference)!);
        using var registry = ClientFor(reference, parsed);
        var subject = await registry.FindAsync(reference, cancellationToken);
        var found = await registry.ListReferrersAsync(reference with { Tag = null, Digest = subject.Digest }, parsed.GetValue(ArtifactType), cancellationToken);
        Table.Write(["DIGEST", "ARTIFACT TYPE", "SIZE"], found.Select(entry => (string[])[entry.Digest.ToString(), Terminal.Harmless(entry.ArtifactType ?? ""), Sizes.Format(entry.Size)]));
        return 0;
    }

    private static async Task<int> AttachAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var files = parsed.GetValue(Files)!.Select(FileOf).ToArray();
        var type = parsed.GetValue(ArtifactType)
            ?? (files.Length == 1 && files[0].MediaType != ArtifactAttacher.DefaultType
                ? files[0].MediaType
                : throw new BuilderException(CliErrors.Usage, "an artifact has a kind", "say it with --artifact-type, such as application/spdx+json"));
        var reference = ImageReference.Parse(parsed.GetValue(Reference)!);
        using var registry = ClientFor(reference, parsed);
        var attached = await new ArtifactAttacher(registry).AttachAsync(reference, type, files, ChangeOf(parsed, annotationsOnly: true).Annotations, cancellationToken);
        Terminal.WriteLine(attached.Digest.ToString());
        return 0;
    }

    /// <summary><c>path[:type]</c>: a type has a slash, and comes after the last colon.</summary>
    private static ArtifactFile FileOf(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && !File.Exists(text) && text.IndexOf('/', colon) > colon
            ? new ArtifactFile(text[..colon], text[(colon + 1)..])
            : new ArtifactFile(text, ArtifactAttacher.DefaultType);
    }

    /// <summary>The registry that an image is in, for the flags that are about one.</summary>
    private static RegistryClient ClientFor(string? image, ParseResult parsed)
    {
        var text = image?.StartsWith("docker://", StringComparison.Ordinal) == true ? image["docker://".Length..] : image;
        return text is not null && ImageReference.TryParse(text, out var reference) ? ClientFor(reference, parsed) : new RegistryClient(Flags.Options(parsed, ""));
    }

    private static RegistryClient ClientFor(ImageReference reference, ParseResult parsed) => new(Flags.Options(parsed, reference.Domain));

    private static ImageReference NameOf(ParseResult parsed) => ImageReference.Parse(parsed.GetValue(List)!);

    private static EntryChange ChangeOf(ParseResult parsed, bool annotationsOnly = false)
    {
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in parsed.GetValue(Annotation) ?? [])
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            annotations[equals > 0 ? text[..equals] : throw new BuilderException(CliErrors.Usage, $"'{text}' is no annotation", "write it as KEY=VALUE")] = text[(equals + 1)..];
        }

        return annotationsOnly
            ? new EntryChange { Annotations = annotations }
            : new EntryChange
            {
                Os = parsed.GetValue(Os),
                Architecture = parsed.GetValue(Arch),
                Variant = parsed.GetValue(Variant),
                OsVersion = parsed.GetValue(OsVersion),
                OsFeatures = parsed.GetValue(OsFeatures) ?? [],
                Annotations = annotations,
            };
    }
}
