using System.Security.Cryptography;
using System.Text.Json;
using Builder.Diagnostics;

namespace Builder.Containers.Runtimes;

/// <summary>
/// The folder of a container that an OCI runtime runs: what the runtime is told, what it keeps, and what it has to say of its own
/// failures. Of one more process in it there are a <c>process.json</c>, a log and a process id of another <paramref name="name"/>.
/// </summary>
/// <param name="folder">Absolute path.</param>
internal sealed class RuntimeBundle(string folder, string name = RuntimeBundle.First)
{
    private const string First = "container";
    private const string IdFile = "id";

    public string Folder => folder;

    public string State => Path.Combine(folder, "state");

    public string Log => Path.Combine(folder, name + ".log");

    /// <summary>Written by the runtime when it has made the process.</summary>
    public string ProcessIdFile => Path.Combine(folder, name + ".pid");

    public string ProcessFile => Path.Combine(folder, name + ".json");

    /// <summary>The container's name for the runtime: unique, since some keep abstract sockets by it.</summary>
    public string Id => File.ReadAllText(Path.Combine(folder, IdFile));

    /// <summary>For one more process in the container.</summary>
    public RuntimeBundle ForProcess() => new(folder, "exec-" + RandomNumberGenerator.GetHexString(16, lowercase: true));

    public void Prepare()
    {
        Directory.CreateDirectory(State);
        File.WriteAllText(Path.Combine(folder, IdFile), "builder-" + RandomNumberGenerator.GetHexString(16, lowercase: true));
    }

    public void WriteConfig(byte[] config) => File.WriteAllBytes(Path.Combine(folder, "config.json"), config);

    /// <summary>A place to attach a mount to.</summary>
    public string PlaceForMount(int number, bool isFile)
    {
        var place = Path.Combine(folder, "mounts", number.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Directory.CreateDirectory(isFile ? Path.GetDirectoryName(place)! : place);
        if (isFile)
        {
            File.WriteAllBytes(place, []);
        }

        return place;
    }

    /// <summary>Whether the process was made.</summary>
    public bool HasStarted => File.Exists(ProcessIdFile) && new FileInfo(ProcessIdFile).Length > 0;

    /// <summary>What kept the program from starting, as Builder says it of its own containers; null when the runtime has nothing to complain about.</summary>
    public BuilderException? Failure(ContainerSpec spec)
    {
        var complaint = File.Exists(Log) ? File.ReadLines(Log).Select(Complaint).LastOrDefault(message => message is not null) : null;
        return complaint is null ? null : Explain(complaint, spec);
    }

    /// <summary>By the words that runc, crun and runsc have for it.</summary>
    public static BuilderException Explain(string complaint, ContainerSpec spec)
    {
        bool Says(string words) => complaint.Contains(words, StringComparison.OrdinalIgnoreCase);
        var isOfProgram = Says("exec") || Says("failed to load") || Says("open executable");
        return isOfProgram && (Says("not found in") || Says("no such file or directory") || Says("finding executable")) ? new BuilderException(ContainersErrors.ProgramNotFound, $"{spec.Argv[0]}: {complaint}")
            : isOfProgram && (Says("permission denied") || Says("not permitted") || Says("exec format error") || Says("is a directory")) ? new BuilderException(ContainersErrors.ProgramNotExecutable, $"{spec.Argv[0]}: {complaint}")
            : new BuilderException(ContainersErrors.RuntimeFailed, $"the runtime {spec.Runtime?.Name} does not run the container: {complaint}", $"--runtime {OciRuntime.Own} runs it without another program");
    }

    /// <summary>For what a log does not say.</summary>
    public static BuilderException Ended(ContainerSpec spec, int code) => new(
        ContainersErrors.RuntimeFailed, $"the runtime {spec.Runtime?.Name} ended with {code} before the program was started", $"--runtime {OciRuntime.Own} runs it without another program");

    private static string? Complaint(string line)
    {
        try
        {
            using var parsed = JsonDocument.Parse(line);
            return parsed.RootElement.TryGetProperty("level", out var level) && level.GetString() is "error" or "fatal" && parsed.RootElement.TryGetProperty("msg", out var message)
                ? message.GetString()
                : null;
        }
        catch (JsonException)
        {
            // A line that is still being written, or none of ours.
            return null;
        }
    }
}
