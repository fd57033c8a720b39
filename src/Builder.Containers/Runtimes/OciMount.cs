namespace Builder.Containers.Runtimes;

/// <summary>A mount as the runtime specification has it.</summary>
internal sealed record OciMount(string Destination, string Type, string Source, IReadOnlyList<string> Options)
{
    private const string Inert = "nosuid,noexec,nodev";
    private const uint TtyGroup = 5;

    /// <summary>
    /// All of a container: what was asked for, and the kernel's own file systems, in the order in which Builder's own containers have
    /// them.
    /// </summary>
    /// <param name="binds">What was asked for, attached in the bundle already.</param>
    public static IEnumerable<OciMount> Of(ContainerSpec spec, Launch.HostFeatures host, IReadOnlyList<BundleBind> binds) =>
    [
        .. binds.Where(bind => !bind.IsBelowKernelPaths).Select(OfBind),
        Of("/proc", "proc", Inert),
        Sys(spec, host),
        Of("/dev", "tmpfs", "nosuid,strictatime,mode=755,size=65536k"),
        Of("/dev/pts", "devpts", "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620" + (host.KnowsGroup(TtyGroup) ? ",gid=5" : "")),
        Of("/dev/shm", "tmpfs", $"{Inert},mode=1777,size={spec.SharedMemorySize}"),
        .. spec.Namespaces.HasFlag(Linux.Isolation.Namespaces.Ipc) ? [Of("/dev/mqueue", "mqueue", Inert)] : (OciMount[])[],
        .. spec.Devices.DistinctBy(device => device.Name).Select(device => new OciMount("/dev/" + device.Name, "bind", device.HostPath, ["bind", "nosuid", "noexec"])),
        .. binds.Where(bind => bind.IsBelowKernelPaths).Select(OfBind),
    ];

    /// <summary>A user namespace may only mount the sysfs of a network namespace of its own.</summary>
    private static OciMount Sys(ContainerSpec spec, Launch.HostFeatures host)
    {
        var options = spec.IsConfined ? Inert + ",ro" : Inert;
        return host.MayMountSys(spec.Network) ? Of("/sys", "sysfs", options) : new OciMount("/sys", "bind", "/sys", ["rbind", .. options.Split(',')]);
    }

    private static OciMount OfBind(BundleBind bind) =>
        new(bind.Target, "bind", bind.Source, ["rbind", "rprivate", "nosuid", "nodev", .. bind.ReadOnly ? ["ro"] : (string[])[]]);

    private static OciMount Of(string destination, string type, string options) => new(destination, type, type, options.Split(','));
}

/// <summary>A mount that is attached in a bundle, from where a runtime binds it.</summary>
internal sealed record BundleBind(string Source, string Target, bool ReadOnly)
{
    public bool IsBelowKernelPaths => Launch.MountPlan.IsBelowKernelPaths(Target);
}
