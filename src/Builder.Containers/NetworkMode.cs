namespace Builder.Containers;

/// <summary>Which network a container sees.</summary>
public enum NetworkMode
{
    /// <summary>That of the host, abstract sockets and link-local services included.</summary>
    Host,

    /// <summary>A namespace of its own in which only the loopback interface is up.</summary>
    None,

    /// <summary>A namespace that was prepared with a way out (<see cref="ContainerSpec.NetworkNamespace"/>).</summary>
    Private,
}
