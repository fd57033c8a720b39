using Builder.Linux.Files;

namespace Builder.Storage.Layers;

/// <summary>Whether two folders hold the same: names, kinds, modes, owners, links, devices, and every byte of every file.</summary>
/// <remarks>Times of directories are left out: those that a layer does not mention have that of their making.</remarks>
internal static class TreeComparison
{
    private const int BufferSize = 1 << 16;

    /// <summary>The first path that differs; null for none.</summary>
    internal static string? Difference(DirectoryHandle expected, DirectoryHandle actual, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var wanted = expected.ReadSorted();
        var found = actual.ReadSorted();
        for (var i = 0; i < Math.Max(wanted.Count, found.Count); i++)
        {
            if (i >= wanted.Count || i >= found.Count || !wanted[i].Name.AsSpan().SequenceEqual(found[i].Name))
            {
                return GuestName.Printable(i < wanted.Count ? wanted[i].Name : found[i].Name);
            }

            var name = wanted[i].Name;
            if (!SameStatus(expected.Lstat(name), actual.Lstat(name)) || !SameContent(expected, actual, name))
            {
                return GuestName.Printable(name);
            }

            if (expected.Lstat(name).Type == FileType.Directory)
            {
                using var below = expected.OpenDirectory(name);
                using var other = actual.OpenDirectory(name);
                if (Difference(below, other, cancellationToken) is { } path)
                {
                    return $"{GuestName.Printable(name)}/{path}";
                }
            }
        }

        return null;
    }

    private static bool SameStatus(FileStatus a, FileStatus b) =>
        a.Type == b.Type && a.Mode == b.Mode && a.UserId == b.UserId && a.GroupId == b.GroupId
        && a.DeviceMajor == b.DeviceMajor && a.DeviceMinor == b.DeviceMinor
        && (a.Type != FileType.Regular || (a.Size == b.Size && a.Modified.Seconds == b.Modified.Seconds));

    private static bool SameContent(DirectoryHandle expected, DirectoryHandle actual, byte[] name)
    {
        switch (expected.Lstat(name).Type)
        {
            case FileType.SymbolicLink:
                return expected.ReadLink(name).AsSpan().SequenceEqual(actual.ReadLink(name));
            case FileType.Regular:
                using (var a = expected.OpenFile(name))
                using (var b = actual.OpenFile(name))
                {
                    return SameBytes(a, b);
                }

            default:
                return true;
        }
    }

    private static bool SameBytes(Microsoft.Win32.SafeHandles.SafeFileHandle a, Microsoft.Win32.SafeHandles.SafeFileHandle b)
    {
        var (left, right) = (new byte[BufferSize], new byte[BufferSize]);
        for (var offset = 0L; ;)
        {
            var count = RandomAccess.Read(a, left, offset);
            if (count == 0)
            {
                return true;
            }

            for (var filled = 0; filled < count;)
            {
                var more = RandomAccess.Read(b, right.AsSpan(filled, count - filled), offset + filled);
                if (more == 0)
                {
                    return false;
                }

                filled += more;
            }

            if (!left.AsSpan(0, count).SequenceEqual(right.AsSpan(0, count)))
            {
                return false;
            }

            offset += count;
        }
    }
}
