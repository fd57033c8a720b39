using Builder.Diagnostics;
using Builder.Linux;

namespace Builder.Containers.Launch;

/// <summary>What a mount may be put on.</summary>
internal static class MountTarget
{
    /// <summary>The target without superfluous slashes and dots.</summary>
    /// <exception cref="BuilderException"><see cref="ContainersErrors.MountTarget"/>.</exception>
    public static string Check(string target)
    {
        if (!target.StartsWith('/') || target.Contains('\0', StringComparison.Ordinal))
        {
            throw Refused(target, "is not an absolute path");
        }

        var names = target.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".").ToArray();
        if (names.Contains(".."))
        {
            throw Refused(target, "has \"..\" in it");
        }

        return names switch
        {
            [] => throw Refused(target, "is the root itself"),
            ["proc", ..] => throw Refused(target, "is in /proc, which belongs to the kernel"),
            _ => "/" + string.Join('/', names),
        };
    }

    public static BuilderException Unusable(string path, Errno errno) => new(
        ContainersErrors.MountTarget,
        errno switch
        {
            Errno.ENOENT => $"mount target {path} does not exist in the root file system",
            Errno.ENOTDIR => $"mount target {path} is not a directory in the root file system",
            Errno.ELOOP => $"mount target {path} is a symbolic link in the root file system",
            _ => $"mount target {path} cannot be opened: {errno.Describe()}",
        },
        errno is Errno.ELOOP or Errno.ENOTDIR ? $"remove {path} from the image in an earlier stage, or start from another image" : null);

    private static BuilderException Refused(string target, string why) =>
        new(ContainersErrors.MountTarget, $"mount target {target} {why}");
}
