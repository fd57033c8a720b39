namespace Builder.Containers;

/// <summary>Whose user ids a container's are.</summary>
public enum UserNamespaceMode
{
    /// <summary>Those of Builder: of the machine for root, of the user namespace that Builder has entered for anybody else.</summary>
    Host,

    /// <summary>
    /// A user namespace of the container's own with the same ids. Its root owns the same files, and has no power over anything
    /// that was made outside: devices, the host's network, kernel settings.
    /// </summary>
    Private,
}
