using Builder.Diagnostics;
using Builder.Linux;
using Builder.Linux.Isolation;
using Builder.Linux.Processes;
using Builder.Linux.Script;
using Microsoft.Win32.SafeHandles;

namespace Builder.Containers.Networking;

/// <summary>
/// <c>pasta</c> (package passt) passes the packets of a network namespace on to the host's sockets, so that no interface, address or
/// firewall rule of the host is touched and nothing is left after a crash.
/// </summary>
internal static class PastaProgram
{
    /// <summary>Who asks this address for a name is answered by the host's own name server.</summary>
    public const string NameServer = "169.254.1.1";

    private const string Tunnel = "/dev/net/tun";

    /// <summary>Why it cannot be used here; null when nothing is known against it.</summary>
    public static string? Obstacle()
    {
        if (Find() is null)
        {
            return "pasta is not installed (package passt)";
        }

        try
        {
            // Without it pasta says so and then waits for ever.
            using var tunnel = File.OpenHandle(Tunnel, FileMode.Open, FileAccess.ReadWrite);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception is FileNotFoundException or DirectoryNotFoundException ? $"there is no {Tunnel}" : $"{Tunnel} may not be opened (chmod 666, or give this user the right)";
        }
    }

    /// <summary>Starts it for a namespace. It dies with the calling thread.</summary>
    /// <param name="place">An existing empty file, on which the namespace is mounted in pasta's sight alone.</param>
    /// <param name="ports">What of the machine's ports goes in.</param>
    public static ChildProcess Start(SafeFileHandle networkNamespace, string place, IReadOnlyList<PublishedPort> ports, Pipe messages, Pipe parentAlive)
    {
        var program = Find() ?? throw new BuilderException(ContainersErrors.PrivateNetwork, Obstacle()!);
        using var script = new SyscallScript();
        script.ResetSignals();
        script.Close(script.Descriptor(parentAlive.Writer));
        script.NewSession();
        script.MakeMountsSlave();
        script.CopyMount($"/proc/self/fd/{networkNamespace.DangerousGetHandle()}", recursive: false, out var mount);
        script.AttachMountAt(mount, SyscallScript.CurrentDirectory, place, place);
        script.OpenForReading("/dev/null", out var nothing);
        script.Duplicate(nothing, 0);
        script.Duplicate(script.Descriptor(messages.Writer), 1);
        script.Duplicate(script.Descriptor(messages.Writer), 2);
        script.DieWithParent(script.Descriptor(parentAlive.Reader));
        script.CloseAll();
        script.Execute([program], Arguments(place, ports), ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]);
        var (child, failure) = ScriptRunner.Launch(script, Namespaces.Mount);
        return child ?? throw new BuilderException(ContainersErrors.PrivateNetwork, $"pasta does not start: {failure}");
    }

    internal static string[] Arguments(string place, IReadOnlyList<PublishedPort> ports) =>
    [
        "pasta", "--foreground", "--quiet", "--runas", "0", "--config-net", "--dns-forward", NameServer, "--no-map-gw",
        .. Forward("--tcp-ports", ports.Where(port => !port.IsUdp)), .. Forward("--udp-ports", ports.Where(port => port.IsUdp)),
        "--tcp-ns", "none", "--udp-ns", "none", "--netns", place,
    ];

    /// <summary>An address is said once an option.</summary>
    private static IEnumerable<string> Forward(string option, IEnumerable<PublishedPort> ports) =>
        ports.Any() ? ports.SelectMany(port => new[] { option, port.ForPasta }) : [option, "none"];

    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/bin", "/usr/local/bin"])
            .Where(folder => folder.StartsWith('/'))
            .Select(folder => Path.Combine(folder, "pasta"))
            .FirstOrDefault(File.Exists);
}
