using System.Collections.Frozen;
using System.CommandLine;
using Builder.Diagnostics;
using Builder.Dockerfile;
using Builder.Engine.Images;
using Builder.Storage;

namespace Builder.Cli.Completion;

/// <summary>Values for options and arguments: fixed words, names in the store, stages of the Dockerfile, or paths.</summary>
internal class CompletionSources
{
    private static readonly FrozenDictionary<string, string[]> Words = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["--allow"] = ["network.host", "security.insecure", "device"],
        ["--call"] = ["check", "outline", "targets"],
        ["--compression"] = ["gzip", "zstd", "estargz", "none"],
        ["--context-mode"] = ["keep", "normalize"],
        ["--format"] = ["json", "table"],
        ["--fsync"] = ["always", "commit", "never"],
        ["--limits"] = ["strict", "best-effort"],
        ["--network"] = ["default", "private", "host", "none"],
        ["--on-error"] = ["shell"],
        ["--output"] = ["type=image", "type=registry", "type=docker", "type=oci", "type=tar", "type=local"],
        ["--platform"] = ["linux/amd64", "linux/arm64", "linux/arm/v7", "linux/386", "linux/ppc64le", "linux/riscv64", "linux/s390x"],
        ["--progress"] = ["auto", "tty", "plain", "quiet", "rawjson"],
        ["--pull"] = ["always", "missing", "newer", "never"],
        ["--runtime"] = ["crun", "runc", "runsc"],
        ["--snapshotter"] = ["auto", "overlay", "copy"],
        ["--squash"] = ["new", "all"],
        ["--store-layers"] = ["lazy", "written"],
        ["--cgroupns"] = ["private", "host"],
        ["--ipc"] = ["private", "host"],
        ["--pid"] = ["private", "host"],
        ["--timens"] = ["private", "host"],
        ["--userns"] = ["host", "private"],
        ["--uts"] = ["private", "host"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <param name="line">The words before the cursor, which name the Dockerfile whose stages are offered.</param>
    public Completions Of(Option option, string[] line)
    {
        if (option.ValueType == typeof(bool) || option.ValueType == typeof(bool?))
        {
            return Completions.Of(["true", "false"]);
        }

        return option.HelpName switch
        {
            "stage" => Completions.Of(Stages(DockerfileOf(line))),
            "path" or "file" => new Completions([], PathKind.Files),
            "folder" or "dir" => new Completions([], PathKind.Folders),
            "name" or "image" => Completions.Of(ImageNames()),
            _ => Words.TryGetValue(option.Name, out var words) ? Completions.Of(words) : new Completions([], PathKind.Files),
        };
    }

    public Completions Of(Argument argument) => argument.Name switch
    {
        "image" or "repository" or "source" or "target" => Completions.Of(ImageNames()),
        "name" or "destination" => new Completions([.. ImageNames().Select(name => (name, ""))], PathKind.Files),
        "container" => Completions.Of(ContainerNames()),
        "context" => new Completions([], PathKind.Folders),
        "shell" => Completions.Of(CompletionScripts.Shells),
        _ => new Completions([], PathKind.Files),
    };

    /// <summary>Names of what is in the store, which is only read; none when there is no store.</summary>
    protected virtual IReadOnlyList<string> ImageNames() => FromStore(store => new ImageCatalog(store).List().SelectMany(image => image.Names).Select(name => name.Familiar));

    protected virtual IReadOnlyList<string> ContainerNames() => FromStore(store => store.Containers.List().Select(container => container.Record.Name));

    /// <summary>Stages of a Dockerfile; none when it cannot be read.</summary>
    protected virtual IReadOnlyList<string> Stages(string path)
    {
        try
        {
            var source = new SourceText(path, File.ReadAllText(path));
            return [.. DockerfileParser.Parse(source).Stages.Select(stage => stage.Name).OfType<string>()];
        }
        catch (Exception e) when (e is BuilderException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static IReadOnlyList<string> FromStore(Func<BuilderStore, IEnumerable<string>> read)
    {
        if (!Directory.Exists(StoreLocation.Root))
        {
            return [];
        }

        try
        {
            using var store = BuilderStore.Open(StoreSettings.Options);
            return [.. read(store).Distinct()];
        }
        catch (Exception e) when (e is BuilderException or IOException or UnauthorizedAccessException)
        {
            // The Tab key is no place for an error.
            return [];
        }
    }

    private static string DockerfileOf(string[] line)
    {
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] is "-f" or "--file" && i + 1 < line.Length)
            {
                return line[i + 1];
            }

            if (line[i].StartsWith("--file=", StringComparison.Ordinal))
            {
                return line[i]["--file=".Length..];
            }
        }

        return "Dockerfile";
    }
}
