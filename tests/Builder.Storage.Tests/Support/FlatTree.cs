using System.Text;
using Builder.Linux.Files;
using Builder.Oci;

namespace Builder.Storage.Tests.Support;

/// <summary>A tree as lines that hold all that a layer is meant to carry: two trees are the same when their lines are.</summary>
public static class FlatTree
{
    public static IReadOnlyList<string> Of(RootDirectory root)
    {
        ArgumentNullException.ThrowIfNull(root);
        using var top = root.OpenDirectory(default);
        var lines = new List<string>();
        Walk(top, "", lines, []);
        return lines;
    }

    private static void Walk(DirectoryHandle directory, string path, List<string> lines, Dictionary<(ulong, ulong), string> links)
    {
        foreach (var item in directory.ReadSorted())
        {
            var name = path + Encoding.Latin1.GetString(item.Name);
            var status = directory.Lstat(item.Name);
            lines.Add(Line(directory, item.Name, name, status, links));
            if (status.Type == FileType.Directory)
            {
                using var child = directory.OpenDirectory(item.Name);
                Walk(child, name + "/", lines, links);
            }
        }
    }

    private static string Line(DirectoryHandle directory, byte[] item, string name, FileStatus status, Dictionary<(ulong, ulong), string> links)
    {
        var detail = status.Type switch
        {
            FileType.Regular => $"{status.Size} {Hash(directory, item)} @{status.Modified.Seconds}",
            FileType.SymbolicLink => $"-> {Encoding.Latin1.GetString(directory.ReadLink(item))} @{status.Modified.Seconds}",
            FileType.CharacterDevice or FileType.BlockDevice => $"{status.DeviceMajor}:{status.DeviceMinor}",
            _ => "",
        };
        var twin = status.Type != FileType.Directory && status.Links > 1 && !links.TryAdd((status.FileSystem, status.Inode), name)
            ? " = " + links[(status.FileSystem, status.Inode)]
            : "";
        var xattrs = directory.ListXattrs(item).Select(Encoding.UTF8.GetString)
            .Where(x => x == "security.capability" || (x.StartsWith("user.", StringComparison.Ordinal) && !x.StartsWith("user.overlay.", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal)
            .Select(x => $" {x}={Convert.ToHexString(directory.GetXattr(item, Encoding.UTF8.GetBytes(x))!)}");
        return $"{status.Type} {Convert.ToString(status.Mode, 8)} {status.UserId}:{status.GroupId} {name} {detail}{twin}{string.Concat(xattrs)}";
    }

    private static string Hash(DirectoryHandle directory, byte[] item)
    {
        using var stream = new FileStream(directory.OpenFile(item), FileAccess.Read);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return Digest.Of(copy.ToArray()).Short;
    }
}
