using System.Text;

namespace Builder.Containers.Tests;

/// <summary>A root file system of one static program, as an overlay in a folder of its own.</summary>
internal sealed class BusyboxRoot : IDisposable
{
    private const string Busybox = "/bin/busybox";

    private static readonly string[] Applets = ["sh", "cat", "echo", "id", "ls", "stat", "sleep", "true", "mkdir", "touch", "rm", "ln", "mknod", "head", "hostname", "pwd", "env", "umask", "ip", "mount", "umount", "readlink", "dd", "kill", "seq", "tr", "grep", "chown", "wc", "find", "unshare", "test", "nc", "nslookup", "chmod"];

    private readonly string folder = Directory.CreateTempSubdirectory("builder-containers-").FullName;

    public BusyboxRoot()
    {
        Lower = Make("lower");
        Upper = Make("upper");
        Work = Make("work");
        foreach (var directory in new[] { "bin", "proc", "sys", "dev", "etc", "tmp", "root" })
        {
            Directory.CreateDirectory(Path.Combine(Lower, directory));
        }

        File.Copy(Busybox, Path.Combine(Lower, "bin/busybox"));
        foreach (var applet in Applets)
        {
            File.CreateSymbolicLink(Path.Combine(Lower, "bin", applet), "busybox");
        }

        File.WriteAllText(Path.Combine(Lower, "etc/passwd"), "root:x:0:0::/root:/bin/sh\n");
        File.WriteAllText(Path.Combine(Lower, "etc/motd"), "hello\n");
    }

    public string Lower { get; }

    public string Upper { get; }

    public string Work { get; }

    /// <summary>A file or folder beside the root, for sources of mounts.</summary>
    public string Beside(string name) => Path.Combine(folder, name);

    public string Make(string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;

    public ContainerSpec Shell(string command) => Spec("/bin/sh", "-c", command);

    public ContainerSpec Spec(params string[] argv) => new()
    {
        Argv = argv,
        Env = ["PATH=/bin", "HOME=/root"],
        Root = new OverlayRoot([Lower], Upper, Work, Volatile: false),
    };

    public IEnumerable<string> UpperEntries() =>
        Directory.EnumerateFileSystemEntries(Upper, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Upper, path)).Order(StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static void SkipUnlessPossible()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can start containers without a user namespace");
        Assert.SkipUnless(File.Exists(Busybox), "busybox-static is not installed");
    }
}

/// <summary>What a container wrote, and how it ended.</summary>
internal sealed record Outcome(ContainerExit Exit, string Stdout, string Stderr)
{
    public static async Task<Outcome> OfAsync(ContainerSpec spec, CancellationToken cancellationToken = default)
    {
        var (stdout, stderr) = (new MemoryStream(), new MemoryStream());
        var exit = await ContainerProcess.RunAsync(spec, (stream, bytes) => (stream == OutputStream.Stdout ? stdout : stderr).Write(bytes.Span), cancellationToken);
        return new Outcome(exit, Encoding.UTF8.GetString(stdout.ToArray()), Encoding.UTF8.GetString(stderr.ToArray()));
    }
}
