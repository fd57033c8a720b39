using System.Text;
using Builder.Linux.Files;

namespace Builder.Engine.Tests.Support;

/// <summary>
/// A tree as one line a name: <c>d 755 0:0 dir</c>, <c>f 644 0:0 dir/file "content"</c>, <c>l 777 0:0 link -> target</c>.
/// Two trees are the same when their lines are.
/// </summary>
internal static class Listing
{
    public static IReadOnlyList<string> Of(RootDirectory root, bool times = false)
    {
        using var top = root.OpenDirectory(default);
        var lines = new List<string>();
        Walk(top, "", times, lines, []);
        return lines;
    }

    private static void Walk(DirectoryHandle directory, string prefix, bool times, List<string> lines, Dictionary<ulong, string> twins)
    {
        foreach (var item in directory.ReadSorted())
        {
            var path = prefix + Encoding.Latin1.GetString(item.Name);
            var status = directory.Lstat(item.Name);
            var twin = status is { Links: > 1, Type: not FileType.Directory } && !twins.TryAdd(status.Inode, path) ? $" = {twins[status.Inode]}" : "";
            var time = times ? $" @{status.Modified.Seconds}.{status.Modified.Nanoseconds:D9}" : "";
            lines.Add($"{Letter(status.Type)} {Convert.ToString(status.Mode, 8)} {status.UserId}:{status.GroupId} {path}{Detail(directory, item.Name, status)}{twin}{Xattrs(directory, item.Name)}{time}");
            if (status.Type == FileType.Directory)
            {
                using var child = directory.OpenDirectory(item.Name);
                Walk(child, path + "/", times, lines, twins);
            }
        }
    }

    private static char Letter(FileType type) => type switch
    {
        FileType.Regular => 'f',
        FileType.Directory => 'd',
        FileType.SymbolicLink => 'l',
        FileType.Fifo => 'p',
        FileType.CharacterDevice => 'c',
        FileType.BlockDevice => 'b',
        _ => 's',
    };

    private static string Detail(DirectoryHandle directory, byte[] name, in FileStatus status)
    {
        switch (status.Type)
        {
            case FileType.Regular:
                using (var stream = new FileStream(directory.OpenFile(name), FileAccess.Read))
                using (var reader = new StreamReader(stream, Encoding.Latin1))
                {
                    return $" \"{reader.ReadToEnd()}\"";
                }

            case FileType.SymbolicLink:
                return " -> " + Encoding.Latin1.GetString(directory.ReadLink(name));
            case FileType.CharacterDevice or FileType.BlockDevice:
                return $" {status.DeviceMajor}:{status.DeviceMinor}";
            default:
                return "";
        }
    }

    private static string Xattrs(DirectoryHandle directory, byte[] name) => string.Concat(
        directory.ListXattrs(name)
            .Select(Encoding.UTF8.GetString)
            .Where(attribute => attribute.StartsWith("user.", StringComparison.Ordinal) || attribute == "security.capability")
            .Order(StringComparer.Ordinal)
            .Select(attribute => $" {attribute}={Convert.ToHexString(directory.GetXattr(name, Encoding.UTF8.GetBytes(attribute)) ?? [])}"));
}
