using System.Text;
using Builder.Linux.Files;

namespace Builder.Storage.Layers;

/// <summary>
/// Which names of a tree are hard links to the same file. Two trees that are compared whole may differ in nothing but this.
/// </summary>
internal sealed class LinkGroups
{
    private readonly Dictionary<(ulong FileSystem, ulong Inode), List<string>> names = [];

    internal static LinkGroups Of(DirectoryHandle root, CancellationToken cancellationToken)
    {
        var groups = new LinkGroups();
        groups.Walk(root, "", cancellationToken);
        return groups;
    }

    /// <summary>Whether a file has the same names here as another has in the other tree.</summary>
    internal bool Same(in FileStatus file, LinkGroups other, in FileStatus otherFile) =>
        (file.Links, otherFile.Links) switch
        {
            (<= 1, <= 1) => true,
            (> 1, > 1) => Names(file).SequenceEqual(other.Names(otherFile)),
            _ => Names(file).Count <= 1 && other.Names(otherFile).Count <= 1,
        };

    private List<string> Names(in FileStatus file) => names.GetValueOrDefault((file.FileSystem, file.Inode)) ?? [];

    private void Walk(DirectoryHandle directory, string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var item in directory.ReadSorted())
        {
            if (item.Type == FileType.Directory)
            {
                using var child = directory.OpenDirectory(item.Name);
                Walk(child, path + Encoding.Latin1.GetString(item.Name) + "/", cancellationToken);
                continue;
            }

            var status = directory.Lstat(item.Name);
            if (status.Links > 1)
            {
                var identity = (status.FileSystem, status.Inode);
                if (!names.TryGetValue(identity, out var group))
                {
                    names.Add(identity, group = []);
                }

                group.Add(path + Encoding.Latin1.GetString(item.Name));
            }
        }
    }
}
