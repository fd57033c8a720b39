using System.Text;
using Builder.Linux.Isolation;
using Builder.Linux.Script;

namespace Builder.Containers.Launch;

/// <summary>
/// The mount that becomes the root directory, attached over its own upper directory, which the host's tree has anyway.
/// A step may make device files in it, but not open them: they would be the host's disks.
/// </summary>
internal static class RootMount
{
    /// <summary>fsconfig(2) takes no longer value, zero byte included.</summary>
    private const int LongestOptionValue = 256;

    public static ScriptVariable Make(SyscallScript script, ContainerRoot root, HostFeatures host)
    {
        switch (root)
        {
            case DirectoryRoot directory:
                script.CopyMount(directory.Path, recursive: true, out var copy);
                script.RestrictMount(copy, MountAttributes.NoDevices, recursive: true, $"restricting {directory.Path}");
                script.AttachMountAt(copy, SyscallScript.CurrentDirectory, directory.Path, directory.Path);
                return copy;

            case OverlayRoot overlay when host.LowerDirsOneByOne && Paths(overlay).All(path => Encoding.UTF8.GetByteCount(path) < LongestOptionValue):
                // Of the three only "lowerdir+" takes a path as it is.
                var escaped = overlay with { UpperDir = EscapeBackslash(overlay.UpperDir), WorkDir = EscapeBackslash(overlay.WorkDir) };
                var mount = script.NewFileSystem("overlay", MountAttributes.NoDevices, [.. overlay.LowerDirs.Select(lower => ("lowerdir+", (string?)lower)), .. UpperOptions(escaped, host)]);
                script.AttachMountAt(mount, SyscallScript.CurrentDirectory, overlay.UpperDir, overlay.UpperDir);
                return mount;

            case OverlayRoot overlay:
                return MakeByOnePage(script, overlay, host);

            default:
                throw new ArgumentException($"unknown kind of root: {root.GetType().Name}");
        }
    }

    /// <summary>The old way: all options in one text of at most a page, the paths relative to what they have in common.</summary>
    private static ScriptVariable MakeByOnePage(SyscallScript script, OverlayRoot overlay, HostFeatures host)
    {
        var common = CommonDirectory(Paths(overlay));
        string Short(string path) => Escape(path[common.Length..]);
        var relative = overlay with { UpperDir = Short(overlay.UpperDir), WorkDir = Short(overlay.WorkDir) };
        var options = UpperOptions(relative, host).Select(option => option.Value is null ? option.Key : $"{option.Key}={option.Value}");
        var lowers = string.Join(':', overlay.LowerDirs.Select(Short));
        script.ChangeDirectory(common);
        script.MountAt("overlay", overlay.UpperDir, MountAttributes.NoDevices, $"lowerdir={lowers},{string.Join(',', options)}");
        script.ChangeDirectory("/");
        script.OpenPath(overlay.UpperDir, out var root);
        return root;
    }

    private static IEnumerable<string> Paths(OverlayRoot overlay) => [.. overlay.LowerDirs, overlay.UpperDir, overlay.WorkDir];

    /// <summary>
    /// Redirects, metadata-only copies and the index would put the kernel's private notes into the layer.
    /// </summary>
    private static IEnumerable<(string Key, string? Value)> UpperOptions(OverlayRoot overlay, HostFeatures host)
    {
        yield return ("upperdir", overlay.UpperDir);
        yield return ("workdir", overlay.WorkDir);
        yield return ("redirect_dir", host.InUserNamespace ? "nofollow" : "off");
        yield return ("metacopy", "off");
        yield return ("index", "off");
        yield return ("xino", "off");
        if (overlay.Volatile)
        {
            yield return ("volatile", null);
        }

        if (host.InUserNamespace)
        {
            yield return ("userxattr", null);
        }
    }

    /// <summary>The longest directory that all paths are below, with its last slash.</summary>
    private static string CommonDirectory(IEnumerable<string> paths)
    {
        var common = paths.Aggregate((a, b) => a[..a.AsSpan().CommonPrefixLength(b)]);
        return common[..(common.LastIndexOf('/') + 1)];
    }

    private static string EscapeBackslash(string path) => path.Replace("\\", "\\\\", StringComparison.Ordinal);

    private static string Escape(string path) =>
        EscapeBackslash(path).Replace(":", "\\:", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
}
