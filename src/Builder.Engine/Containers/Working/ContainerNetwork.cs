using Builder.Containers;
using Builder.Containers.Networking;
using Builder.Diagnostics;
using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>The network of one working container, and what is behind it; gone when disposed.</summary>
public sealed class ContainerNetwork : IDisposable
{
    private readonly PrivateNetwork? network;

    private ContainerNetwork(NetworkMode mode, PrivateNetwork? network = null, IReadOnlyList<PublishedPort>? ports = null) =>
        (Mode, this.network, Ports) = (mode, network, ports ?? []);

    public NetworkMode Mode { get; }

    /// <summary>What is published, with the ports of the machine that were chosen.</summary>
    public IReadOnlyList<PublishedPort> Ports { get; }

    internal ContainerSpec ApplyTo(ContainerSpec spec) => spec with { Network = Mode, NetworkNamespace = network?.Namespace };

    /// <summary>Why a container that asks for no network in particular gets the host's, as far as that is known before; null when it gets a private one.</summary>
    public static string? FallBack(ContainerSettings settings, PrivateNetworkUse use)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return use == PrivateNetworkUse.WherePossible && settings.Network != "none" && settings.Publish.Count == 0 && PrivateNetwork.Obstacle is { } obstacle ? Said(obstacle) : null;
    }

    /// <param name="place">A path where an empty file can be made.</param>
    /// <param name="note">Told of a fall-back.</param>
    /// <exception cref="BuilderException"><see cref="ContainersErrors.PrivateNetwork"/>.</exception>
    internal static async Task<ContainerNetwork> OpenAsync(ContainerSettings settings, PrivateNetworkUse use, string place, Action<string>? note)
    {
        if (settings.Network == "none" || use == PrivateNetworkUse.Never)
        {
            return new ContainerNetwork(settings.Network == "none" ? NetworkMode.None : NetworkMode.Host);
        }

        PublishedPort[] ports = [.. settings.Publish.SelectMany(PublishedPort.Parse).Select(port => port.WithHostPort())];
        try
        {
            return new ContainerNetwork(NetworkMode.Private, await PrivateNetwork.PrepareAsync(place, ports), ports);
        }
        catch (BuilderException none) when (use == PrivateNetworkUse.WherePossible && none.Code == ContainersErrors.PrivateNetwork && ports.Length == 0)
        {
            note?.Invoke(Said(none.Message));
            return new ContainerNetwork(NetworkMode.Host);
        }
    }

    public void Dispose() => network?.Dispose();

    private static string Said(string why) => $"the container uses the network of the host: {why}";
}
