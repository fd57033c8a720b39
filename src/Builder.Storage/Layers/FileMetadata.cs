using Builder.Archives.Tar;
using Builder.Linux;
using Builder.Linux.Files;
using Builder.Linux.Isolation;

namespace Builder.Storage.Layers;

/// <summary>
/// Owner, attributes, mode, time: in this order, because a change of owner drops setuid bits and capabilities, and every
/// change sets the time.
/// </summary>
internal static class FileMetadata
{
    internal static void SetOwner(DirectoryHandle directory, ReadOnlySpan<byte> name, uint userId, uint groupId, bool canRecord)
    {
        try
        {
            directory.SetOwner(name, userId, groupId);
        }
        catch (LinuxException e) when (e.Errno == Errno.EINVAL)
        {
            // EINVAL is the kernel's word for an id that the user namespace does not map.
            if (!UserNamespace.Current.HasSingleId)
            {
                throw LayerErrors.UnmappedOwner(userId, groupId, e);
            }

            if (canRecord)
            {
                RecordedOwner.Set(directory, name, userId, groupId);
            }
        }
    }

    /// <summary>Sets the attributes that layers carry; others, and those that this place cannot hold, are counted as lost.</summary>
    internal static int SetXattrs(DirectoryHandle directory, ReadOnlySpan<byte> name, IReadOnlyList<TarXattr> xattrs)
    {
        var lost = 0;
        foreach (var xattr in xattrs)
        {
            if (!CarriedXattrs.IsCarried(xattr.Name.Span))
            {
                lost++;
                continue;
            }

            try
            {
                directory.SetXattr(name, xattr.Name.Span, xattr.Value.Span);
            }
            catch (LinuxException e) when (e.Errno is Errno.ENOTSUP or Errno.EPERM)
            {
                // No attributes on this file system, or user.* on something that is neither file nor directory.
                lost++;
            }
        }

        return lost;
    }

    /// <summary>Makes a name look like that of a lower layer, as overlayfs does when it copies up; directory times are set later.</summary>
    internal static void CopyUp(DirectoryHandle from, DirectoryHandle to, ReadOnlySpan<byte> name, in FileStatus status)
    {
        var canRecord = status.Type is FileType.Regular or FileType.Directory;
        var owner = RecordedOwner.Of(from, name, status);
        SetOwner(to, name, owner.UserId, owner.GroupId, canRecord);
        SetXattrs(to, name, CarriedXattrs.Read(from, name, from.ListXattrs(name)));
        if (status.Type != FileType.SymbolicLink)
        {
            to.SetMode(name, status.Mode);
        }

        to.SetTimes(name, status.Modified);
    }
}
