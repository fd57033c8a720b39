using System.Net;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Builder.Linux.Isolation;
using Builder.Linux.Native;
using Builder.Linux.Script;
using Microsoft.Win32.SafeHandles;

namespace Builder.Linux.Networking;

/// <summary>A network namespace that no process has to be in: it lives as long as its handle is open somewhere.</summary>
public sealed class NetworkNamespace : IDisposable
{
    private readonly RouteSocket routes;

    private NetworkNamespace(SafeFileHandle handle, RouteSocket routes) => (Handle, this.routes) = (handle, routes);

    public SafeFileHandle Handle { get; }

    /// <summary>Makes one with its loopback interface up, in which packets to some addresses go nowhere.</summary>
    /// <param name="unreachable">Addresses whose packets are answered with "prohibited", whatever routes come later.</param>
    /// <exception cref="LinuxException">The kernel does not make it.</exception>
    public static NetworkNamespace Create(IEnumerable<IPAddress> unreachable)
    {
        NetworkNamespace? made = null;
        ExceptionDispatchInfo? failure = null;

        // A thread changes its own network namespace only, and this one ends in it.
        var thread = new Thread(() =>
        {
            try
            {
                made = CreateHere(unreachable);
            }
#pragma warning disable CA1031 // Rethrown on the thread that waits for it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        }) { IsBackground = true, Name = "network namespace" };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return made!;
    }

    /// <summary>Waits until packets find a way out; false when the time is up before.</summary>
    /// <param name="over">Ends the waiting when it becomes readable.</param>
    public bool WaitForDefaultRoute(SafeHandle over, TimeSpan patience) => routes.WaitForDefault(over, patience);

    public void Dispose()
    {
        routes.Dispose();
        Handle.Dispose();
    }

    private static NetworkNamespace CreateHere(IEnumerable<IPAddress> unreachable)
    {
        if (Libc.RawSyscall(SyscallNumbers.Of(SystemCall.Unshare), (nint)(int)Namespaces.Network, 0, 0, 0, 0, 0) < 0)
        {
            throw new LinuxException("unshare", "of the network namespace", (Errno)Marshal.GetLastPInvokeError());
        }

        var routes = RouteSocket.Open();
        try
        {
            routes.BringUpLoopback();
            foreach (var address in unreachable)
            {
                routes.Prohibit(address);
            }

            return new NetworkNamespace(File.OpenHandle("/proc/thread-self/ns/net"), routes);
        }
        catch
        {
            routes.Dispose();
            throw;
        }
    }
}
