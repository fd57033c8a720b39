using Builder.Archives.Tar;
using Builder.Linux.Files;

namespace Builder.Storage.Layers;

/// <content>
/// Hard links. The target is a name below the layer's root even when it is absolute, its path consists of real directories,
/// and it may belong to a lower layer: then it is copied up, as overlayfs does on link(2).
/// </content>
internal sealed partial class LayerApplier
{
    private void ApplyHardLink(TarEntry entry, List<byte[]> parent, byte[] name)
    {
        var targetPath = EntryPath.Split(entry.LinkName.Span);
        if (targetPath.Count == 0)
        {
            throw LayerErrors.Invalid(entry.Name.Span, "is a hard link to the root");
        }

        var targetName = targetPath[^1];
        targetPath.RemoveAt(targetPath.Count - 1);
        path.EnterWithoutLinks(targetPath);
        var targetStatus = FindLinkTarget(entry, targetName);
        using var targetDirectory = Here.Duplicate();

        path.Enter(parent);
        if (Here.TryLstat(name) is { } existing)
        {
            if (existing.Inode == targetStatus.Inode && existing.FileSystem == targetStatus.FileSystem)
            {
                return;
            }

            Clear(name);
        }

        targetDirectory.Link(targetName, Here, name);
    }

    private FileStatus FindLinkTarget(TarEntry entry, byte[] name)
    {
        var status = Here.TryLstat(name);
        if (status is null && path.Current.LowerStatus(name) is { Type: not FileType.Directory } below)
        {
            CopyUp(name, below);
            status = Here.TryLstat(name);
        }

        return status is { IsWhiteoutDevice: false, Type: not FileType.Directory } found
            ? found
            : throw LayerErrors.Invalid(entry.Name.Span, $"is a hard link to '{GuestName.Printable(entry.LinkName.Span)}', which is no file of the image");
    }

    private void CopyUp(byte[] name, FileStatus below)
    {
        var lower = path.Current.Lower!;
        switch (below.Type)
        {
            case FileType.Regular:
                using (var from = lower.OpenFile(name, below))
                using (var to = Here.CreateFile(name))
                {
                    OpenedFiles.Copy(from, to, below.Size);
                }

                break;
            case FileType.SymbolicLink:
                Here.MakeSymlink(name, lower.ReadLink(name));
                break;
            default:
                Here.MakeNode(name, below.Type, below.Mode, below.DeviceMajor, below.DeviceMinor);
                break;
        }

        FileMetadata.CopyUp(lower, Here, name, below);
    }
}
