using Builder.MSBuild.Items;
using Microsoft.Build.Framework;

namespace Builder.MSBuild.Tasks;

/// <summary>Makes plans of a project's <c>DockerfileImage</c> items: everything that can be wrong with them is found before anything is published.</summary>
public sealed class ResolveImages : BuilderTask
{
    [Required]
    public ITaskItem[] Images { get; set; } = [];

    /// <summary>Where results are noted; absolute.</summary>
    [Required]
    public string Folder { get; set; } = "";

    [Required]
    public string Repository { get; set; } = "";

    public string Registry { get; set; } = "";

    [Required]
    public string[] Tags { get; set; } = [];

    public string TagSuffix { get; set; } = "";

    public string Context { get; set; } = "";

    /// <summary>Runtime identifiers (<c>linux-x64</c>) or platforms (<c>linux/amd64</c>).</summary>
    public string[] Platforms { get; set; } = [];

    public bool Push { get; set; }

    public string ArchivePath { get; set; } = "";

    public string ArchiveFormat { get; set; } = "";

    /// <summary><c>ContainerLabel</c>, with a <c>Value</c>.</summary>
    public ITaskItem[] Labels { get; set; } = [];

    /// <summary>What is offered as the context <c>publish</c>; empty for nothing.</summary>
    public string PublishFolder { get; set; } = "";

    /// <summary>The <c>BuiltImage</c> items of referenced projects.</summary>
    public ITaskItem[] ReferencedImages { get; set; } = [];

    [Output]
    public ITaskItem[] Plans { get; private set; } = [];

    private protected override void Run()
    {
        _ = Programs;
        var planner = new ImagePlanner(Defaults());
        var plans = new List<ITaskItem>();
        foreach (var item in Images.Select(image => new ItemReader(image)))
        {
            foreach (var (name, meant) in item.Mistakes())
            {
                Warn(MSBuildErrors.UnknownMetadata, $"{name} of {item.Describe()} means nothing; did you mean {meant}?");
            }

            try
            {
                plans.Add(planner.Plan(item).ToItem());
            }
            catch (ItemException e)
            {
                Fail(e.Code, e.Message);
            }
        }

        Plans = [.. plans];
    }

    private ProjectDefaults Defaults()
    {
        var directory = Path.GetDirectoryName(ProjectFile)!;
        var context = Path.GetFullPath(Path.Combine(directory, Context));
        return new ProjectDefaults
        {
            Directory = directory,
            Folder = Folder,
            Context = Directory.Exists(context) ? context : throw new ItemException(MSBuildErrors.InvalidItem, $"DockerfileContext={Context} is no folder: {context}"),
            Names = ImageNames.Of(Registry, Repository, Tags, TagSuffix),
            Platforms = [.. Platforms.Select(Platform)],
            Push = Push,
            ArchivePath = ArchivePath.Length == 0 ? "" : ArchiveFile(directory),
            ArchiveKind = ArchiveFormat.ToUpperInvariant() switch
            {
                "" or "DOCKER" => "docker",
                "OCI" => "oci",
                _ => throw new ItemException(MSBuildErrors.InvalidItem, $"ContainerImageFormat={ArchiveFormat} is neither Docker nor OCI"),
            },
            Labels = [.. Labels.Select(label => $"{label.ItemSpec}={label.GetMetadata("Value")}")],
            Contexts = Contexts(),
            Identities = [.. ReferencedImages.Select(image => image.GetMetadata("ImageId"))],
        };
    }

    private Dictionary<string, string> Contexts()
    {
        var contexts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var image in ReferencedImages.Where(image => image.GetMetadata("ImageId").Length > 0))
        {
            var name = image.GetMetadata("ImageContext") is { Length: > 0 } asked ? asked : image.GetMetadata("ContextName");
            contexts[name] = "docker-image://" + image.ItemSpec;
            Log.LogMessage(MessageImportance.Low, "{0}", $"the context {name} is {image.ItemSpec} ({image.GetMetadata("ImageId")}) of {image.GetMetadata("Project")}");
        }

        if (PublishFolder.Length > 0)
        {
            contexts["publish"] = PublishFolder;
        }

        return contexts;
    }

    /// <summary>The SDK takes a folder as well, and calls the archive after the repository then.</summary>
    private string ArchiveFile(string directory)
    {
        var path = Path.GetFullPath(Path.Combine(directory, ArchivePath));
        var isFolder = Directory.Exists(path) || ArchivePath.EndsWith("/", StringComparison.Ordinal) || ArchivePath.EndsWith("\\", StringComparison.Ordinal);
        return isFolder ? Path.Combine(path, ImageNames.Short(Repository) + ".tar") : path;
    }

    private static string Platform(string text) => text.StartsWith("linux-", StringComparison.Ordinal)
        ? "linux/" + text.Substring(text.LastIndexOf('-') + 1) switch
        {
            "x64" => "amd64",
            "x86" => "386",
            "arm" => "arm/v7",
            var same => same,
        }
        : text.Contains("/") ? text : throw new ItemException(MSBuildErrors.InvalidItem, $"'{text}' is no platform that images are built for; it is linux-x64, linux-arm64, linux/amd64 and so on");
}
