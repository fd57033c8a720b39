using System.Net.Sockets;
using Builder.Diagnostics;

namespace Builder.Engine.Ssh;

/// <summary>The agents of one build, by id. One for key files is started when the first step needs it and ends with the build.</summary>
internal sealed class SshAgents : IDisposable
{
    private readonly Dictionary<string, SshSpec> specs;
    private readonly Dictionary<string, KeyAgent> started = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim starting = new(1);
    private readonly Func<string> newFolder;

    /// <param name="newFolder">Gives the path of a folder, not made yet, that is swept after a crash.</param>
    public SshAgents(IEnumerable<SshSpec> specs, Func<string> newFolder)
    {
        this.specs = specs.GroupBy(spec => spec.Id, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
        this.newFolder = newFolder;
    }

    /// <summary>The socket of an agent that answers; null for an id that the user gave nothing for.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.SshAgent"/>.</exception>
    public async Task<string?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (!specs.TryGetValue(id, out var spec))
        {
            return null;
        }

        if (spec.Socket is { } socket)
        {
            await ProbeAsync(socket, cancellationToken);
            return socket;
        }

        await starting.WaitAsync(cancellationToken);
        try
        {
            if (!started.TryGetValue(id, out var agent))
            {
                started[id] = agent = await KeyAgent.StartAsync(newFolder(), spec.Keys, cancellationToken);
            }

            return agent.Socket;
        }
        finally
        {
            starting.Release();
        }
    }

    public void Dispose()
    {
        foreach (var agent in started.Values)
        {
            agent.Dispose();
        }

        starting.Dispose();
    }

    private static async Task ProbeAsync(string socket, CancellationToken cancellationToken)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
        }
        catch (Exception e) when (e is SocketException or ArgumentOutOfRangeException)
        {
            throw new BuilderException(EngineErrors.SshAgent, $"the SSH agent at {socket} does not answer", "is it still running? ssh-add -l tells", inner: e);
        }
    }
}
