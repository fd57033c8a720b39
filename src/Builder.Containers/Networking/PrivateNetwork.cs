using System.Text;
using Builder.Diagnostics;
using Builder.Linux;
using Builder.Linux.Networking;
using Builder.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Builder.Containers.Networking;

/// <summary>
/// A network namespace with a way out through the host's sockets, name resolution, and none to the host's loopback or to cloud
/// metadata. Gone when disposed, and when this process ends.
/// </summary>
public sealed class PrivateNetwork : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly Lazy<string?> Known = new(PastaProgram.Obstacle);

    private readonly TaskCompletionSource<PrivateNetwork> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Pipe end = Pipe.Create(nonBlocking: true);
    private readonly string place;
    private readonly IReadOnlyList<PublishedPort> ports;
    private readonly Thread thread;
    private NetworkNamespace? network;

    private PrivateNetwork(string place, IReadOnlyList<PublishedPort> ports)
    {
        this.place = place;
        this.ports = ports;
        thread = new Thread(Run) { IsBackground = true, Name = "private network" };
        thread.Start();
    }

    /// <summary>Why there are no private networks on this machine; null when there seem to be.</summary>
    public static string? Obstacle => Known.Value;

    /// <summary>The address of the name server that answers inside.</summary>
    public static string NameServer => PastaProgram.NameServer;

    /// <summary>What a container enters (<see cref="ContainerSpec.NetworkNamespace"/>).</summary>
    public SafeFileHandle Namespace => network!.Handle;

    /// <summary>Ends when packets find their way, or throws what is in their way.</summary>
    /// <param name="place">A path where an empty file can be made.</param>
    /// <param name="ports">What of the machine's ports goes in, each with a port of the machine.</param>
    public static Task<PrivateNetwork> PrepareAsync(string place, params IReadOnlyList<PublishedPort> ports) =>
        Obstacle is { } obstacle ? Task.FromException<PrivateNetwork>(Refused(obstacle)) : new PrivateNetwork(place, ports).ready.Task;

    public void Dispose()
    {
        Descriptors.Signal(end.Writer);
        thread.Join();
        end.Dispose();
    }

    /// <summary>pasta dies with the thread that started it, so this one stays until the network's end.</summary>
    private void Run()
    {
        try
        {
            File.WriteAllText(place, "");
            using var made = network = NetworkNamespace.Create(MetadataServices.Addresses);
            using var messages = Pipe.Create(nonBlocking: true);
            using var parentAlive = Pipe.Create(nonBlocking: true);
            using var pasta = PastaProgram.Start(made.Handle, place, ports, messages, parentAlive);
            try
            {
                if (!made.WaitForDefaultRoute(pasta.Handle, Patience))
                {
                    throw Refused($"pasta does not come up: {Said(messages)}");
                }

                ready.SetResult(this);
                Descriptors.WaitReadable([end.Reader], null);
            }
            finally
            {
                pasta.Signal(Signals.Kill);
                pasta.Wait();
                File.Delete(place);
            }
        }
#pragma warning disable CA1031 // Thrown where the network is awaited.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            end.Dispose();
            ready.TrySetException(exception is LinuxException refused ? Refused(refused.Message) : exception);
        }
    }

    private static string Said(Pipe messages)
    {
        var buffer = new byte[4096];
        var count = Descriptors.WaitReadable([messages.Reader], TimeSpan.Zero)[0] ? Descriptors.Read(messages.Reader, buffer) : 0;
        var lines = Encoding.UTF8.GetString(buffer, 0, count).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("to syslog", StringComparison.Ordinal));
        return lines.LastOrDefault() ?? "it says nothing";
    }

    private static BuilderException Refused(string why) => new(
        ContainersErrors.PrivateNetwork, $"there is no private network: {why}", "install passt and make /dev/net/tun usable, or choose --network=host or --network=none");
}
