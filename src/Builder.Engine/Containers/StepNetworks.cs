using Builder.Containers;
using Builder.Containers.Networking;
using Builder.Diagnostics;
using Builder.Graph;
using Builder.Linux.Isolation;
using RunNetwork = Builder.Dockerfile.Syntax.RunNetwork;

namespace Builder.Engine.Containers;

/// <summary>The networks of a build's steps: which kind each gets, and private ones from a pool.</summary>
/// <param name="tell">Takes what the user should know, with the step it is about.</param>
internal sealed class StepNetworks(PrivateNetworkUse use, Func<string> newPlace, Action<Vertex, string> tell) : IAsyncDisposable
{
    private readonly PrivateNetworkPool pool = new(newPlace);
    private volatile bool isRefused;
    private int told;

    /// <summary>Begins to prepare a private network while the step has not begun yet.</summary>
    public void Expect(RunNetwork asked)
    {
        if (MayBePrivate(asked) && PrivateNetwork.Obstacle is null)
        {
            pool.Prepare();
        }
    }

    /// <summary>The network of a step; disposed when the step is over.</summary>
    /// <exception cref="BuilderException"><see cref="ContainersErrors.PrivateNetwork"/>: one was demanded.</exception>
    public async Task<StepNetwork> TakeAsync(RunNetwork asked, Vertex vertex)
    {
        if (!MayBePrivate(asked))
        {
            return new StepNetwork(asked == RunNetwork.None ? NetworkMode.None : NetworkMode.Host);
        }

        try
        {
            return new StepNetwork(await pool.TakeAsync(), pool);
        }
        catch (BuilderException none) when (use == PrivateNetworkUse.WherePossible && none.Code == ContainersErrors.PrivateNetwork)
        {
            isRefused = true;
            if (Interlocked.Exchange(ref told, 1) == 0)
            {
                tell(vertex, $"note: steps use the network of the host: {none.Message}");
            }

            return new StepNetwork(NetworkMode.Host);
        }
    }

    public ValueTask DisposeAsync() => pool.DisposeAsync();

    private bool MayBePrivate(RunNetwork asked) => asked == RunNetwork.Default && use != PrivateNetworkUse.Never && !isRefused;
}

/// <summary>What one step has of networks.</summary>
internal sealed class StepNetwork : IDisposable
{
    private static readonly CapabilitySet NetAdmin = CapabilitySet.FromName("NET_ADMIN")!.Value;

    private readonly PrivateNetwork? network;
    private readonly PrivateNetworkPool? pool;
    private bool wasOpen;

    public StepNetwork(NetworkMode mode) => Mode = mode;

    public StepNetwork(PrivateNetwork network, PrivateNetworkPool pool)
        : this(NetworkMode.Private) => (this.network, this.pool) = (network, pool);

    public NetworkMode Mode { get; }

    public ContainerSpec ApplyTo(ContainerSpec spec)
    {
        wasOpen = spec.Capabilities.Contains(NetAdmin) && spec.UserNamespace == UserNamespaceMode.Host;
        return spec with { Network = Mode, NetworkNamespace = network?.Namespace };
    }

    /// <summary>A network that its step could change is not for another.</summary>
    public void Dispose()
    {
        if (network is not null && !wasOpen)
        {
            pool!.GiveBack(network);
        }
    }
}
