using Builder.Linux;
using Builder.Linux.Files;

namespace Builder.Storage.Snapshots;

/// <summary>How the tree of a step is put on top of its parent's.</summary>
public enum Snapshotter
{
    /// <summary>Overlay where the kernel mounts one in the store's folder, else copies.</summary>
    Auto,

    /// <summary>The kernel shows the merged tree; what a step changes is all that is stored.</summary>
    Overlay,

    /// <summary>Each step has a copy of the whole tree, and what it changed is found by comparing. Needs nothing of the kernel.</summary>
    Copy,
}

/// <summary>Finds out by trying whether overlayfs is to be had.</summary>
internal static class OverlayProbe
{
    /// <param name="folder">An empty folder of the store, for the trial.</param>
    internal static bool Succeeds(string folder, bool userXattrs)
    {
        string[] parts = [.. ((string[])["lower", "upper", "work"]).Select(name => Directory.CreateDirectory(Path.Combine(folder, name)).FullName)];
        try
        {
            using var mount = OverlayMount.Mount(new OverlayLayers { Lowers = [parts[0]], Upper = parts[1], Work = parts[2], UserXattrs = userXattrs });

            // Mounts exist that refuse the first change: an upper folder without extended attributes.
            using var root = mount.OpenDirectory(default);
            root.MakeDirectory("trial"u8, 0x1ed);
            return true;
        }
        catch (LinuxException)
        {
            return false;
        }
    }
}
