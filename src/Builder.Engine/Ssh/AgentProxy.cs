using System.Net.Sockets;
using System.Text;
using Builder.Linux.Files;

namespace Builder.Engine.Ssh;

/// <summary>
/// A socket for one step, behind which the user's agent answers. The step never has the agent's own socket: its owner and
/// mode are what the mount asks for, and only harmless requests pass (<see cref="AgentMessages"/>).
/// </summary>
internal sealed class AgentProxy : IAsyncDisposable
{
    private const string Name = "agent";
    private readonly CancellationTokenSource ending = new();
    private readonly Socket listener;
    private readonly string agent;
    private readonly Task serving;

    private AgentProxy(Socket listener, string agent)
    {
        this.listener = listener;
        this.agent = agent;
        serving = ServeAsync();
    }

    /// <summary>Starts to answer at <c>FOLDER/agent</c>.</summary>
    public static AgentProxy Start(string folder, string agent, uint mode, uint uid, uint gid)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // An address holds a hundred bytes, less than a store's path may have.
            using var root = RootDirectory.Open(folder);
            listener.Bind(new UnixDomainSocketEndPoint($"/proc/self/fd/{root.Descriptor}/{Name}"));
            listener.Listen();
            using var directory = DirectoryHandle.Open(folder);
            directory.SetOwner(Encoding.ASCII.GetBytes(Name), uid, gid);
            directory.SetMode(Encoding.ASCII.GetBytes(Name), mode);
            return new AgentProxy(listener, agent);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    public static string SocketIn(string folder) => Path.Combine(folder, Name);

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Dispose();
        await serving;
        ending.Dispose();
    }

    private async Task ServeAsync()
    {
        var conversations = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync(ending.Token);
                conversations.RemoveAll(each => each.IsCompleted);
                conversations.Add(ConverseAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(conversations);
        }
    }

    private async Task ConverseAsync(Socket client)
    {
        try
        {
            using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await using var step = new NetworkStream(client, ownsSocket: true);
            await server.ConnectAsync(new UnixDomainSocketEndPoint(agent), ending.Token);
            await using var answering = new NetworkStream(server, ownsSocket: false);
            while (await AgentMessages.ReadAsync(step, ending.Token) is { } request)
            {
                if (!AgentMessages.IsAllowed(request))
                {
                    await step.WriteAsync(AgentMessages.Refusal, ending.Token);
                    continue;
                }

                await answering.WriteAsync(request, ending.Token);
                if (await AgentMessages.ReadAsync(answering, ending.Token) is not { } answer)
                {
                    return;
                }

                await step.WriteAsync(answer, ending.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
        {
            // One of the two has gone, which is how such a conversation ends.
        }
    }
}
