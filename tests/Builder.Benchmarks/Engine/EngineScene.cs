using Builder.Benchmarks.SideBySide;

namespace Builder.Benchmarks.Engine;

/// <summary>Stores, a base of one static busybox, and contexts, below one folder.</summary>
internal sealed class EngineScene(string program, string folder)
{
    private readonly string[] buildah = ["--root", Path.Combine(folder, "buildah"), "--runroot", Path.Combine(folder, "buildah-run"), "--storage-driver", "overlay"];
    private readonly string? buildahProgram = Command.Find("runc") is null ? null : Command.Find("buildah");

    private string BaseArchive => Path.Combine(folder, "base.tar");

    public async Task PrepareAsync()
    {
        var context = Folder("base");
        File.Copy(Command.Find("busybox")!, Path.Combine(context, "busybox"));
        await File.WriteAllTextAsync(Path.Combine(context, "Dockerfile"), "FROM scratch\nCOPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"--install\", \"-s\", \"/bin\"]\nCMD [\"sh\"]\n");
        await Program("build", "-t", "bench-base", "-o", $"type=docker,dest={BaseArchive}", context).RunAsync();
        await Program("load", "-i", BaseArchive).RunAsync();
        if (buildahProgram is not null)
        {
            await new Command(buildahProgram, [.. buildah, "pull", "-q", $"docker-archive:{BaseArchive}"]).RunAsync();
        }
    }

    /// <summary>A folder that is there and empty.</summary>
    public string Folder(string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;

    public Command Program(params string[] arguments) => InStore("builder", arguments);

    public Command Build(string context, params string[] options) => Program(["build", "-q", "-t", "bench", "--network=host", .. options, context]);

    /// <summary>The same build by Buildah; null where it is not installed.</summary>
    public Command? Buildah(string context, params string[] options) => buildahProgram is null ? null : new(
        buildahProgram, [.. buildah, "bud", "--layers", "--runtime", "runc", "--network", "host", "--pull-never", "-t", "bench", .. options, context]);

    /// <summary>A build that finds nothing in its store, which is removed afterwards.</summary>
    public async Task<TimeSpan> InEmptyStoreAsync(string context)
    {
        var time = await InStore("new", "build", "-q", "-t", "bench", context).RunAsync();
        await new Command("/bin/rm", "-rf", Path.Combine(folder, "new")).RunAsync();
        return time;
    }

    /// <summary>The same in a store that has the base, unpacked.</summary>
    public async Task<TimeSpan> WithBaseInNewStoreAsync(string context)
    {
        await InStore("new", "load", "-i", BaseArchive).RunAsync();
        var first = Folder("unpack");
        await File.WriteAllTextAsync(Path.Combine(first, "Dockerfile"), "FROM bench-base\nRUN true\n");
        await InStore("new", "build", "-q", "--network=host", first).RunAsync();
        var time = await InStore("new", "build", "-q", "-t", "bench", "--network=host", context).RunAsync();
        await new Command("/bin/rm", "-rf", Path.Combine(folder, "new")).RunAsync();
        return time;
    }

    /// <summary>A build whose last step is run anew, and whose result is removed afterwards.</summary>
    public async Task<TimeSpan> BuildAndForgetAsync(string context, string step)
    {
        await File.WriteAllTextAsync(Path.Combine(context, "Dockerfile"), $"FROM bench-debian\nRUN true\nRUN {step}\n");
        var time = await Program("build", "-q", "-t", "bench-heavy", "--network=host", "--no-cache", context).RunAsync();
        await Program("rmi", "-f", "bench-heavy").RunAsync();
        await Program("prune", "-f").RunAsync();
        return time;
    }

    /// <summary>Files of 4 KiB each in folders of equal size.</summary>
    public static async Task MakeFilesAsync(string place, int count, int folders)
    {
        var content = new byte[4096];
        for (var i = 0; i < count; i++)
        {
            var path = Path.Combine(place, $"folder{i % folders}", $"file{i}");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            BitConverter.TryWriteBytes(content, i);
            await File.WriteAllBytesAsync(path, content);
        }
    }

    private Command InStore(string name, params string[] arguments) =>
        new(program, arguments) { Environment = new Dictionary<string, string> { ["BUILDER_ROOT"] = Path.Combine(folder, name) } };
}
