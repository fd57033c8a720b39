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

    public static ScriptVariable Make(SyscallScript script, ContainerSpec spec, HostFeatures host)
    {
        var attributes = spec.IsConfined ? MountAttributes.NoDevices : MountAttributes.None;
        switch (spec.Root)
        {
            case DirectoryRoot directory:
                script.CopyMount(directory.Path, recursive: true, out var copy);
                script.RestrictMount(copy, attributes, recursive: true, $"restricting {directory.Path}");
                script.AttachMountAt(copy, SyscallScript.CurrentDirectory, directory.Path, directory.Path);
                return copy;

            case OverlayRoot overlay:
                return MakeOverlay(script, new OverlayParts(overlay.LowerDirs, overlay.UpperDir, overlay.WorkDir, overlay.Volatile), attributes, host, overlay.UpperDir);

            default:
                throw new ArgumentException($"unknown kind of root: {spec.Root.GetType().Name}");
        }
    }

    /// <summary>A folder of the host's tree that a mount can be put on, in the container's own mount namespace.</summary>
    public static string PlaceOf(ContainerRoot root) => root switch
    {
        OverlayRoot overlay => overlay.UpperDir,
        DirectoryRoot directory => directory.Path,
        _ => throw new ArgumentException($"unknown kind of root: {root.GetType().Name}"),
    };

    /// <summary>An overlay, attached to a folder of the host's tree.</summary>
    public static ScriptVariable MakeOverlay(SyscallScript script, OverlayParts overlay, MountAttributes attributes, HostFeatures host, string place)
    {
        if (!host.LowerDirsOneByOne || overlay.Paths.Any(path => Encoding.UTF8.GetByteCount(path) >= LongestOptionValue))
        {
            return MakeByOnePage(script, overlay, attributes, host, place);
        }

        // Of the three only "lowerdir+" takes a path as it is.
        var escaped = overlay with { UpperDir = EscapeBackslash(overlay.UpperDir), WorkDir = EscapeBackslash(overlay.WorkDir) };
        var mount = script.NewFileSystem("overlay", attributes, [.. overlay.LowerDirs.Select(lower => ("lowerdir+", (string?)lower)), .. OtherOptions(escaped, host)]);
        script.AttachMountAt(mount, SyscallScript.CurrentDirectory, place, place);
        return mount;
    }

    /// <summary>The old way: all options in one text of at most a page, the paths relative to what they have in common.</summary>
    private static ScriptVariable MakeByOnePage(SyscallScript script, OverlayParts overlay, MountAttributes attributes, HostFeatures host, string place)
    {
        var common = CommonDirectory(overlay.Paths);
        string Short(string path) => Escape(path[common.Length..]);
        var relative = overlay with
        {
            UpperDir = overlay.UpperDir is { } upper ? Short(upper) : null,
            WorkDir = overlay.WorkDir is { } work ? Short(work) : null,
        };
        var options = OtherOptions(relative, host).Select(option => option.Value is null ? option.Key : $"{option.Key}={option.Value}");
        var lowers = string.Join(':', overlay.LowerDirs.Select(Short));
        script.ChangeDirectory(common);
        script.MountAt("overlay", place, attributes, $"lowerdir={lowers},{string.Join(',', options)}");
        script.ChangeDirectory("/");
        script.OpenPath(place, out var root);
        return root;
    }

    /// <summary>
    /// Redirects, metadata-only copies and the index would put the kernel's private notes into the layer.
    /// </summary>
    private static IEnumerable<(string Key, string? Value)> OtherOptions(OverlayParts overlay, HostFeatures host)
    {
        if (overlay.UpperDir is not null)
        {
            yield return ("upperdir", overlay.UpperDir);
            yield return ("workdir", overlay.WorkDir);
        }

        yield return ("redirect_dir", host.InUserNamespace ? "nofollow" : "off");
        yield return ("metacopy", "off");
        yield return ("index", "off");
        yield return ("xino", "off");
        if (overlay is { Volatile: true, UpperDir: not null })
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

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(path))]
    private static string? EscapeBackslash(string? path) => path?.Replace("\\", "\\\\", StringComparison.Ordinal);

    private static string Escape(string path) =>
        EscapeBackslash(path).Replace(":", "\\:", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
}

/// <summary>The folders of an overlay; without an upper one it is read-only and has at least two lower ones.</summary>
internal sealed record OverlayParts(IReadOnlyList<string> LowerDirs, string? UpperDir, string? WorkDir, bool Volatile = true)
{
    public IEnumerable<string> Paths => [.. LowerDirs, .. new[] { UpperDir, WorkDir }.OfType<string>()];
}
