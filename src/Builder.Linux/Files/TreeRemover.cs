using Builder.Linux.Native;

namespace Builder.Linux.Files;

/// <summary>
/// Removes what is below a directory, by descriptors only. A deep tree would need a descriptor a level, so below a
/// certain depth directories are first moved up next to the top, where the walk starts again.
/// </summary>
internal static class TreeRemover
{
    private const int MaxDepth = 64;

    internal static void Empty(DirectoryHandle parent, ReadOnlySpan<byte> name)
    {
        using var top = OpenForRemoval(parent, name);
        var moved = 0;
        do
        {
            Empty(top, top, 0, ref moved);
        }
        while (top.Read().Count > 0);
    }

    private static void Empty(DirectoryHandle directory, DirectoryHandle top, int depth, ref int moved)
    {
        foreach (var item in directory.Read())
        {
            var type = item.Type == FileType.Unknown ? directory.Lstat(item.Name).Type : item.Type;
            if (type != FileType.Directory)
            {
                directory.Unlink(item.Name);
            }
            else if (depth == MaxDepth)
            {
                MoveUp(directory, item.Name, top, ref moved);
            }
            else
            {
                using (var child = OpenForRemoval(directory, item.Name))
                {
                    Empty(child, top, depth + 1, ref moved);
                }

                directory.RemoveDirectory(item.Name);
            }
        }
    }

    private static void MoveUp(DirectoryHandle directory, byte[] name, DirectoryHandle top, ref int moved)
    {
        while (true)
        {
            var free = System.Text.Encoding.ASCII.GetBytes($"removing-{moved++}");
            if (top.TryLstat(free) is null)
            {
                directory.Rename(name, top, free);
                return;
            }
        }
    }

    private static DirectoryHandle OpenForRemoval(DirectoryHandle parent, ReadOnlySpan<byte> name)
    {
        try
        {
            return parent.OpenDirectory(name);
        }
        catch (LinuxException e) when (e.Errno == Errno.EACCES)
        {
            // Without CAP_DAC_OVERRIDE a directory that is ours may still forbid us to list it.
            parent.SetMode(name, 0x1c0);
            return parent.OpenDirectory(name);
        }
    }
}
