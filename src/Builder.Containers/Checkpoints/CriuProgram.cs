using Builder.Diagnostics;
using Builder.Linux.Processes;

namespace Builder.Containers.Checkpoints;

/// <summary><c>criu</c> writes the memory and all the state of a container's processes to files, and makes processes of them again.</summary>
public static class CriuProgram
{
    private const string Places = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly Lazy<string?> Known = new(Look);

    /// <summary>Why there are no checkpoints on this machine; null when criu says that it works.</summary>
    public static string? Obstacle => Known.Value;

    /// <summary>Writes a container to a folder that is there.</summary>
    /// <param name="leaveRunning">Else its processes are killed when all is written.</param>
    /// <param name="hasPreparedNetwork">Its network is <see cref="NetworkMode.Private"/>.</param>
    /// <exception cref="BuilderException"><see cref="ContainersErrors.Checkpoint"/>.</exception>
    public static void Dump(int firstProcess, string folder, bool leaveRunning, bool hasPreparedNetwork)
    {
        Require();
        var plan = CheckpointPlan.Of(File.ReadAllText($"/proc/{firstProcess}/mountinfo"), name => new FileInfo($"/proc/{firstProcess}/{name}").LinkTarget, hasPreparedNetwork);
        plan.Write(folder);
        var ended = ProgramOutput.Of(Find()!, DumpArguments(firstProcess, folder, leaveRunning, plan), Patience);
        if (ended.Code != 0)
        {
            throw Failed("written", folder, "dump.log", ended.Code);
        }
    }

    /// <exception cref="BuilderException"><see cref="ContainersErrors.Checkpoint"/>.</exception>
    internal static string Require() => Obstacle is { } obstacle
        ? throw new BuilderException(ContainersErrors.Checkpoint, $"there are no checkpoints on this machine: {obstacle}", "without one a container moves by 'builder container export', and starts anew")
        : Find()!;

    internal static string[] DumpArguments(int firstProcess, string folder, bool leaveRunning, CheckpointPlan plan) =>
    [
        "dump", "--tree", firstProcess.ToString(System.Globalization.CultureInfo.InvariantCulture), "--images-dir", folder, "--work-dir", folder, "--log-file", "dump.log",
        "--manage-cgroups=ignore", "--file-locks", "--link-remap", "--tcp-close", .. plan.DumpArguments, .. leaveRunning ? ["--leave-running"] : (string[])[],
    ];

    /// <param name="root">Where the container's root is mounted.</param>
    /// <param name="processIdFile">Gets the id of the first process.</param>
    internal static string[] RestoreArguments(string folder, string root, string work, string processIdFile, IEnumerable<string> outside) =>
    [
        "restore", "--images-dir", folder, "--work-dir", work, "--log-file", "restore.log", "--root", root, "--pidfile", processIdFile,
        "--restore-detached", "--restore-sibling", "--manage-cgroups=ignore", "--file-locks", "--link-remap", "--tcp-close", .. outside,
    ];

    internal static BuilderException Failed(string what, string folder, string log, int code)
    {
        var path = Path.Combine(folder, log);
        var complaint = File.Exists(path) ? File.ReadLines(path).LastOrDefault(line => line.Contains("Error", StringComparison.Ordinal)) : null;
        return new BuilderException(ContainersErrors.Checkpoint, $"the checkpoint cannot be {what}: criu ended with {code}{(complaint is null ? "" : $": {complaint.Trim()}")}", "'criu check' says what this machine lacks");
    }

    private static string? Look()
    {
        if (Find() is not { } program)
        {
            return "criu is not installed";
        }

        var check = ProgramOutput.Of(program, ["check"], Patience);
        var complaint = check.Text.Split('\n').LastOrDefault(line => line.Contains("Error", StringComparison.Ordinal))?.Trim();
        return check.Code == 0 ? null : $"'criu check' fails here{(complaint is null ? "" : $": {complaint}")}";
    }

    private static string? Find() => Places.Split(':').Select(folder => Path.Combine(folder, "criu")).FirstOrDefault(File.Exists);
}
