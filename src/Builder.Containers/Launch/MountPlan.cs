using Builder.Linux;
using Builder.Linux.Isolation;
using Builder.Linux.Script;

namespace Builder.Containers.Launch;

/// <summary>
/// The mounts below the root. Each is made detached while the host's tree is still there, since that is where the
/// sources are and where the kernel looks for a visible /proc, and attached after the root has changed, when no path
/// of the image can lead out of it.
/// </summary>
internal sealed class MountPlan(SyscallScript script, FailureExplanations explanations)
{
    /// <summary>What a file in memory takes at most beside its content.</summary>
    private const int MemoryFileOverhead = 64 << 10;

    private const MountAttributes Inert = MountAttributes.NoSetUid | MountAttributes.NoDevices | MountAttributes.NoExecution;

    private const string ControlGroups = "/sys/fs/cgroup";

    private readonly List<(ScriptValue Mount, string Target, bool IsFile)> requested = [];
    private readonly DeviceDirectory devices = new(script);
    private ScriptVariable? proc;
    private ScriptVariable? sys;
    private ScriptVariable? cgroups;

    /// <summary>Makes every mount, in the sight of the host's tree.</summary>
    public void Make(ContainerSpec spec, HostFeatures host)
    {
        proc = MakeProc(spec, host);
        sys = MakeSys(spec, host);
        devices.Make(spec, host);
        foreach (var mount in spec.Mounts)
        {
            requested.Add(MakeRequested(mount, RootMount.PlaceOf(spec.Root), host));
        }
    }

    /// <summary>
    /// Makes what was asked for and attaches it to places of a bundle, from where an OCI runtime binds it: in the mount namespace of the
    /// runtime's process and nobody else's.
    /// </summary>
    public IReadOnlyList<Runtimes.BundleBind> AttachForRuntime(ContainerSpec spec, HostFeatures host, Runtimes.RuntimeBundle bundle)
    {
        var binds = new List<Runtimes.BundleBind>();
        foreach (var mount in spec.Mounts)
        {
            var (made, target, isFile) = MakeRequested(mount, RootMount.PlaceOf(spec.Root), host);
            var place = bundle.PlaceForMount(binds.Count, isFile);
            script.AttachMountAt(made, SyscallScript.CurrentDirectory, place, place);
            binds.Add(new Runtimes.BundleBind(place, target, mount is BindMount { ReadOnly: true } or LayersMount { UpperDir: null } or MemoryFileMount or TmpfsMount { ReadOnly: true }));
        }

        return binds;
    }

    /// <summary>
    /// Attaches them inside the new root. What was asked for comes before the kernel's own file systems, which a link
    /// in the image can then not lead to, except where it asked for a place in one of them.
    /// </summary>
    public void Attach(ContainerSpec spec)
    {
        AttachRequested(target => !IsBelowKernelPaths(target));
        AttachKernel(proc!, "/proc");
        AttachKernel(sys!, "/sys");
        if (cgroups is not null)
        {
            AttachKernel(cgroups, ControlGroups);
        }

        AttachKernel(devices.Mount, "/dev");
        devices.AttachInside();
        new PathProtection(script, devices.Mount).Apply(spec);
        AttachRequested(IsBelowKernelPaths);
    }

    /// <summary>Only a pid namespace of one's own has a /proc of one's own; in a user namespace the host's can but be copied.</summary>
    private ScriptVariable MakeProc(ContainerSpec spec, HostFeatures host)
    {
        if (spec.Namespaces.HasFlag(Namespaces.Pid) || !host.InUserNamespace)
        {
            return script.NewFileSystem("proc", Inert);
        }

        script.CopyMount("/proc", recursive: true, out var copy);
        script.RestrictMount(copy, Inert, recursive: true, "restricting /proc");
        return copy;
    }

    private ScriptVariable MakeSys(ContainerSpec spec, HostFeatures host)
    {
        var attributes = spec.IsConfined ? Inert | MountAttributes.ReadOnly : Inert;
        if (host.MayMountSys(spec.Network))
        {
            if (!spec.IsConfined && Directory.Exists(ControlGroups))
            {
                script.CopyMount(ControlGroups, recursive: true, out cgroups);
            }

            return script.NewFileSystem("sysfs", attributes);
        }

        // A user namespace may only mount the sysfs of a network namespace of its own.
        script.CopyMount("/sys", recursive: true, out var copy);
        script.RestrictMount(copy, attributes, recursive: true, "restricting /sys");
        return copy;
    }

    private (ScriptValue Mount, string Target, bool IsFile) MakeRequested(ContainerMount mount, string place, HostFeatures host)
    {
        var target = MountTarget.Check(mount.Target);
        switch (mount)
        {
            case TmpfsMount tmpfs:
                var options = new List<(string, string?)> { ("mode", Convert.ToString(tmpfs.Mode, 8)) };
                if (tmpfs.SizeBytes is { } size)
                {
                    options.Add(("size", size.ToString()));
                }

                var writable = MountAttributes.NoSetUid | MountAttributes.NoDevices;
                return (script.NewFileSystem("tmpfs", tmpfs.ReadOnly ? writable | MountAttributes.ReadOnly : writable, options), target, false);

            case BindMount bind:
                var readOnly = bind.ReadOnly ? MountAttributes.ReadOnly : MountAttributes.None;
                var copy = CopySource(bind);
                script.RestrictMount(
                    copy,
                    MountAttributes.NoSetUid | MountAttributes.NoDevices | readOnly,
                    recursive: true,
                    $"restricting the bind of {bind.Source}");
                return (copy, target, !bind.IsDirectory);

            case LayersMount layers:
                return (MakeLayers(layers, place, host), target, layers.IsFile);

            case MemoryFileMount file:
                return (MakeMemoryFile(file, place), target, true);

            default:
                throw new ArgumentException($"unknown kind of mount: {mount.GetType().Name}");
        }
    }

    private ScriptVariable MakeLayers(LayersMount layers, string place, HostFeatures host)
    {
        ScriptVariable mount;
        if (layers is { LowerDirs: [var folder], UpperDir: null })
        {
            script.OpenPath(folder, out var directory);
            mount = CopyBelow(directory, layers.Source);
        }
        else
        {
            var overlay = RootMount.MakeOverlay(script, new OverlayParts(layers.LowerDirs, layers.UpperDir, layers.WorkDir), MountAttributes.NoDevices, host, place);
            mount = CopyBelow(overlay, layers.Source);
            script.DetachMount(place);
        }

        var readOnly = layers.UpperDir is null ? MountAttributes.ReadOnly : MountAttributes.None;
        script.RestrictMount(mount, MountAttributes.NoDevices | readOnly, recursive: false, $"restricting the bind of {layers.Source}");
        return mount;
    }

    private ScriptVariable CopyBelow(ScriptVariable directory, string source)
    {
        var path = source.Trim('/') is { Length: > 0 } below ? below : ".";
        script.OpenBelow(directory, path, $"opening the bind's source {source}", out var found);
        script.CopyMount(found, recursive: false, $"bind of {source}", out var mount);
        script.Close(found);
        script.Close(directory);
        return mount;
    }

    /// <summary>
    /// Before Linux 6.15 only what is attached can be copied, so the file's own tmpfs is attached for that long, in this
    /// process's mount namespace and nobody else's.
    /// </summary>
    private ScriptVariable MakeMemoryFile(MemoryFileMount file, string place)
    {
        const string Name = "file";
        const uint AnyExecution = 0x49;
        var holder = script.NewFileSystem(
            "tmpfs", MountAttributes.NoSetUid | MountAttributes.NoDevices, ("mode", "700"), ("size", $"{file.Content.Length + MemoryFileOverhead}"));
        script.MakeFile(holder, Name, (int)file.Mode, file.Content.Span);
        explanations.Add(
            script.ChangeOwner(holder, Name, file.Uid, file.Gid),
            errno => new Diagnostics.BuilderException(
                ContainersErrors.UnmappedId,
                $"owner {file.Uid}:{file.Gid} of {file.Target} does not exist in this user namespace: {errno.Describe()}",
                "give yourself more subordinate ids in /etc/subuid and /etc/subgid, or build as root"));
        script.AttachMountAt(holder, SyscallScript.CurrentDirectory, place, place);
        script.CopyMountAt(holder, Name, $"bind of {file.Target}", out var copy);
        script.DetachMount(place);
        script.Close(holder);

        var execution = (file.Mode & AnyExecution) == 0 ? MountAttributes.NoExecution : MountAttributes.None;
        script.RestrictMount(
            copy, MountAttributes.NoSetUid | MountAttributes.NoDevices | MountAttributes.ReadOnly | execution, recursive: false, $"restricting {file.Target}");
        return copy;
    }

    /// <summary>An open source belongs to our mount namespace, where the child can no longer copy it.</summary>
    private ScriptValue CopySource(BindMount bind)
    {
        if (bind.SourceHandle is { } handle)
        {
            return script.OwnedDescriptor(DetachedMount.CopyOf(handle));
        }

        script.CopyMount(bind.Source, recursive: true, out var copy);
        return copy;
    }

    private void AttachKernel(ScriptVariable mount, string path)
    {
        explanations.Add(script.OpenInRoot(path, directory: true, followLinks: false, out var place), errno => MountTarget.Unusable(path, errno));
        script.AttachMount(mount, place, path);
        script.Close(place);
    }

    private void AttachRequested(Func<string, bool> which)
    {
        for (var index = 0; index < requested.Count; index++)
        {
            var (mount, target, isFile) = requested[index];
            if (!which(target))
            {
                continue;
            }

            MakeTargetInsideMount(target, isFile, requested.Take(index).Select(each => each.Target));
            explanations.Add(script.OpenInRoot(target, directory: !isFile, followLinks: true, out var place), errno => MountTarget.Unusable(target, errno));
            script.AttachMount(mount, place, target);
            script.Close(place);
        }
    }

    /// <summary>
    /// A target in the image is there (<see cref="InitLayer"/>); one inside a mount that came before it may have to be made, in
    /// that mount. Every name is made in a directory that was opened inside the root.
    /// </summary>
    private void MakeTargetInsideMount(string target, bool isFile, IEnumerable<string> earlier)
    {
        var holder = earlier.Append("/dev").Where(outer => target.StartsWith(outer + "/", StringComparison.Ordinal)).MinBy(outer => outer.Length);
        if (holder is null)
        {
            return;
        }

        for (var slash = holder.Length; slash >= 0; slash = target.IndexOf('/', slash + 1))
        {
            var next = target.IndexOf('/', slash + 1);
            var (parent, name) = (target[..slash], next < 0 ? target[(slash + 1)..] : target[(slash + 1)..next]);
            script.IfSucceeds(script.OpenInRoot(parent, directory: true, followLinks: true, out var directory), () =>
            {
                _ = isFile && next < 0
                    ? script.MakeFile(directory, name, 0x1a4).MayFail()
                    : script.MakeDirectory(directory, name, 0x1ed).MayFail();
                script.Close(directory);
            });
        }
    }

    internal static bool IsBelowKernelPaths(string target) =>
        target is "/dev" or "/sys" || target.StartsWith("/dev/", StringComparison.Ordinal) || target.StartsWith("/sys/", StringComparison.Ordinal);
}
