using System.Text;
using Builder.Containers;
using Builder.Linux.Files;
using Builder.Storage.Snapshots;

namespace Builder.Engine.Containers;

/// <summary>The files that one container needs beside its root; gone with it.</summary>
internal sealed class StepFiles : IDisposable
{
    private readonly string folder;
    private DirectoryStubs? stubs;

    public StepFiles(string folder)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
    }

    public string MakeFolder(string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;

    /// <summary>A folder with the owner and mode of another: overlayfs shows the root of the top-most.</summary>
    public string MakeFolderLike(string name, string model)
    {
        var made = MakeFolder(name);
        using var from = DirectoryHandle.Open(model);
        using var to = DirectoryHandle.Open(made);
        var status = from.Lstat(DirectoryHandle.Self);
        to.SetOwner(DirectoryHandle.Self, status.UserId, status.GroupId);
        to.SetMode(DirectoryHandle.Self, status.Mode);
        return made;
    }

    public string Write(string name, string content, bool executable = false)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(content));
        using var directory = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
        directory.SetMode(Encoding.UTF8.GetBytes(Path.GetFileName(path)), executable ? 0x1edu : 0x1a4u);
        return path;
    }

    /// <summary><c>/etc/hosts</c> and <c>/etc/resolv.conf</c>: writable copies, so that a step may append to them, and bound, so that it is for nothing.</summary>
    public IReadOnlyList<ContainerMount> NetworkFiles(string hostname, IEnumerable<(string Name, string Address)> extraHosts, NetworkMode network, DnsSettings? dns = null) =>
    [
        new BindMount(Write("hosts", HostsFile.Render(hostname, extraHosts)), "/etc/hosts", ReadOnly: false),
        new BindMount(Write("resolv.conf", ResolvConf.With(dns ?? DnsSettings.None, Resolver(network))), "/etc/resolv.conf", ReadOnly: false),
    ];

    private static string Resolver(NetworkMode network)
    {
        const string OfTheHost = "/etc/resolv.conf";
        return network switch
        {
            NetworkMode.Host => ResolvConf.FromHost(OfTheHost, hostNetwork: true),
            NetworkMode.Private => ResolvConf.ForPrivateNetwork(OfTheHost),
            _ => "",
        };
    }

    /// <summary>What becomes <c>/</c> of a step: an overlay, or the draft's own copy of the tree.</summary>
    public static ContainerRoot RootOf(SnapshotDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return draft.IsWhole ? new DirectoryRoot(draft.UpperDir) : new OverlayRoot(draft.LowerDirs, draft.UpperDir, draft.WorkDir);
    }

    /// <summary>
    /// Mount points that the root lacks go into a layer of their own that is in no image; where there are no layers, into the
    /// tree until this is disposed.
    /// </summary>
    /// <param name="changed">What a container that has run before has changed; null for a new one.</param>
    public ContainerSpec WithStubs(ContainerSpec spec, string? changed = null)
    {
        if (spec.Root is DirectoryRoot directory)
        {
            stubs = DirectoryStubs.Make(directory.Path, InitLayer.StubsFor(spec));
            return spec;
        }

        var overlay = (OverlayRoot)spec.Root;
        var init = MakeFolder("init");
        return InitLayer.Create(init, changed is null ? overlay.LowerDirs : [changed, .. overlay.LowerDirs], InitLayer.StubsFor(spec))
            ? spec with { Root = overlay with { LowerDirs = [init, .. overlay.LowerDirs] } }
            : spec;
    }

    /// <summary>Takes the stubs out of a tree that is to be kept. Must come before the draft is committed.</summary>
    public void RemoveStubs()
    {
        stubs?.Dispose();
        stubs = null;
    }

    /// <summary>By descriptors: a step may have written to some of it, with names that are no text.</summary>
    public void Dispose()
    {
        RemoveStubs();
        using var parent = DirectoryHandle.Open(Path.GetDirectoryName(folder)!);
        parent.RemoveTree(Encoding.UTF8.GetBytes(Path.GetFileName(folder)));
    }
}
