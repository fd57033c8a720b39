using Builder.Linux;
using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>
/// Finds the path that a path stands for once every link in it, the last name included, is followed inside the root. What is
/// missing is taken as written, so the result is where something would have to be made. The kernel still confines every
/// look-up; this only gives names to what it would find.
/// </summary>
internal static class LinkResolver
{
    /// <summary>As many links as Linux follows before it answers ELOOP.</summary>
    private const int MaxLinks = 40;

    /// <exception cref="LinuxException">More than <see cref="MaxLinks"/> links.</exception>
    public static byte[] Resolve(RootDirectory root, ReadOnlySpan<byte> path) =>
        Resolve(candidate => root.TryLstat(candidate) is { Type: FileType.SymbolicLink } ? root.ReadLink(candidate) : null, path);

    /// <param name="linkAt">The target of the link at a path without links before its last name; null when it is none.</param>
    /// <exception cref="LinuxException">More than <see cref="MaxLinks"/> links.</exception>
    public static byte[] Resolve(Func<byte[], byte[]?> linkAt, ReadOnlySpan<byte> path)
    {
        var pending = new Stack<byte[]>();
        Push(pending, path);
        byte[] resolved = [];
        var links = 0;
        while (pending.TryPop(out var name))
        {
            if (name.Length == 0 || name.AsSpan().SequenceEqual("."u8))
            {
                continue;
            }

            if (name.AsSpan().SequenceEqual(".."u8))
            {
                resolved = GuestPath.Parent(resolved);
                continue;
            }

            var candidate = GuestPath.Join(resolved, name);
            if (linkAt(candidate) is not { } target)
            {
                resolved = candidate;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new LinuxException("openat2", GuestPath.ToText(path), Errno.ELOOP);
            }

            if (target.AsSpan().StartsWith("/"u8))
            {
                resolved = [];
            }

            Push(pending, target);
        }

        return resolved;
    }

    private static void Push(Stack<byte[]> pending, ReadOnlySpan<byte> path)
    {
        while (true)
        {
            var slash = path.LastIndexOf((byte)'/');
            pending.Push(path[(slash + 1)..].ToArray());
            if (slash < 0)
            {
                return;
            }

            path = path[..slash];
        }
    }
}
