using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Builder.Cli.Containers;
using Builder.Cli.Displays;
using Builder.Cli.Registries;
using Builder.Diagnostics;
using Builder.Engine.Anatomy;
using Builder.Engine.Images;
using Builder.Oci;
using Builder.Registry;

namespace Builder.Cli.Commands;

/// <summary><c>builder inspect</c>: an array of containers and images in the shape of <c>docker inspect</c>.</summary>
internal static class InspectCommand
{
    private static readonly Option<string?> PlatformOption = new("--platform") { Description = "Which image of an index, as os/arch[/variant]", HelpName = "platform" };
    private static readonly Option<string?> Format = new("--format", "-f") { Description = "json, or a template such as '{{.Config.Env}}' or '{{json .RootFS}}'", HelpName = "format" };
    private static readonly Option<string?> Type = new("--type") { Description = "What the names stand for: container or image (default: whichever there is)", HelpName = "kind" };
    private static readonly RegistryFlags Flags = new();
    private static readonly Option<bool> Remote = new("--remote") { Description = "Ask the registry, and fetch nothing but manifest and config" };
    private static readonly Option<bool> Layers = new("--layers") { Description = "Show the files of each layer of an image, their sizes, and what later layers overwrite or delete" };
    private static readonly Argument<string[]> Images = new("image") { Description = "Name or id of a container or an image", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command("inspect", "Show everything about containers and images, as JSON") { Format, PlatformOption, Remote, Layers, Type, Images };
        Flags.AddTo(command);
        command.SetAction((parsed, _) => parsed.GetValue(Layers)
            ? Session.RunAsRootAsync((session, token) => Task.FromResult(ShowLayers(session, parsed, token)))
            : parsed.GetValue(Remote)
            ? Session.GuardAsync(async token => Print(parsed, await FetchAsync(parsed, token)))
            : Session.RunAsync((session, _) => Task.FromResult(Show(session, parsed))));
        return command;
    }

    /// <summary>What a name stands for is looked for among containers first, as Docker does, unless it is said.</summary>
    private static int Show(Session session, ParseResult parsed)
    {
        var type = parsed.GetValue(Type);
        if (type is not (null or "container" or "image"))
        {
            throw new BuilderException(CliErrors.Usage, $"--type {type}: it is container or image");
        }

        var documents = new List<Action<Utf8JsonWriter>>();
        foreach (var name in parsed.GetValue(Images)!)
        {
            var container = type == "image" ? null : type == "container" ? session.Store.Containers.Get(name) : session.Store.Containers.Find(name);
            if (container is not null)
            {
                documents.Add(json => ContainerDocument.Write(json, container));
                continue;
            }

            var image = Find(session, [name], parsed.GetValue(PlatformOption))[0];
            documents.Add(json => Write(json, image));
        }

        DocumentFormat.Write(parsed.GetValue(Format), documents);
        return 0;
    }

    private static int ShowLayers(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Remote) || parsed.GetValue(Type) == "container")
        {
            throw new BuilderException(CliErrors.Usage, "--layers looks into images of the store", "fetch the image with builder pull");
        }

        var images = Find(session, parsed.GetValue(Images)!, parsed.GetValue(PlatformOption));
        if (parsed.GetValue(Format) is { Length: > 0 } format)
        {
            DocumentFormat.Write(format, images.Select(image => (Action<Utf8JsonWriter>)(json => LayerTable.Write(json, image, ImageAnatomy.Of(session.Store, image, cancellationToken)))));
            return 0;
        }

        foreach (var line in images.SelectMany(image => LayerTable.Render(image, ImageAnatomy.Of(session.Store, image, cancellationToken))))
        {
            Terminal.WriteLine(line);
        }

        return 0;
    }

    private static StoredImage[] Find(Session session, string[] names, string? platform)
    {
        var catalog = new ImageCatalog(session.Store);
        return [.. names.Select(name => platform is null ? catalog.Get(name) : catalog.Get(name, Platform.Parse(platform)))];
    }

    private static async Task<StoredImage[]> FetchAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var platform = parsed.GetValue(PlatformOption) is { } text ? Platform.Parse(text) : Platform.Host;
        var images = new List<StoredImage>();
        foreach (var name in parsed.GetValue(Images)!)
        {
            images.Add(await ShortNames.FirstAsync(ShortNames.Candidates(name), reference => FetchAsync(parsed, reference, platform, cancellationToken)));
        }

        return [.. images];
    }

    private static async Task<StoredImage> FetchAsync(ParseResult parsed, ImageReference reference, Platform platform, CancellationToken cancellationToken)
    {
        using var registry = new RegistryClient(Flags.Options(parsed, reference.Domain));
        var image = await registry.ResolveAsync(reference, platform, cancellationToken);
        var config = OciJson.ReadConfig(await registry.FetchDocumentAsync(reference, image.Manifest.Config, cancellationToken));
        return new StoredImage(image.Index ?? image.Descriptor, [reference], image.Descriptor, image.Manifest, config);
    }

    private static int Print(ParseResult parsed, StoredImage[] images)
    {
        DocumentFormat.Write(parsed.GetValue(Format), images.Select(image => (Action<Utf8JsonWriter>)(json => Write(json, image))));
        return 0;
    }

    private static void Write(Utf8JsonWriter json, StoredImage image)
    {
        json.WriteStartObject();
        json.WriteString("Id", image.Id.ToString());
        WriteList(json, "RepoTags", image.Names.Where(name => name.Tag is not null).Select(name => (name with { Digest = null }).Familiar));
        WriteList(json, "RepoDigests", image.Names.Select(name => (name with { Tag = null, Digest = image.RepositoryDigest(name) }).Familiar).Distinct());
        if (image.Config.Created is { } created)
        {
            json.WriteString("Created", created.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
        }

        if (image.Config.Author is { } author)
        {
            json.WriteString("Author", author);
        }

        json.WritePropertyName("Config");
        WriteDocument(json, OciJson.Write(image.Config.Execution ?? new ExecutionConfig()));
        json.WriteString("Architecture", image.Config.Architecture);
        if (image.Config.Variant is { } variant)
        {
            json.WriteString("Variant", variant);
        }

        json.WriteString("Os", image.Config.Os);
        json.WriteNumber("Size", image.Size);
        json.WriteStartObject("RootFS");
        json.WriteString("Type", image.Config.RootFs.Type);
        WriteList(json, "Layers", image.Config.RootFs.DiffIds.Select(id => id.ToString()));
        json.WriteEndObject();
        json.WritePropertyName("Descriptor");
        WriteDocument(json, OciJson.Write(image.ManifestDescriptor));
        json.WriteEndObject();
    }

    /// <summary>A document inside ours, laid out like the rest.</summary>
    private static void WriteDocument(Utf8JsonWriter json, byte[] document)
    {
        using var parsed = JsonDocument.Parse(document);
        parsed.RootElement.WriteTo(json);
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
