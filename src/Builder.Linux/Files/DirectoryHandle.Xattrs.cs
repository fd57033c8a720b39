using Builder.Linux.Native;

namespace Builder.Linux.Files;

/// <content>Extended attributes (xattr(7)) of a name itself, symbolic links included.</content>
public sealed unsafe partial class DirectoryHandle
{
    private const int XattrStackSize = 1024;
    private const nint ListXattrAtNumber = 465;
    private static bool hasListXattrAt = true;

    /// <summary>The names of the attributes, in the kernel's order; none where the file system has no attributes.</summary>
    public IReadOnlyList<byte[]> ListXattrs(ReadOnlySpan<byte> name)
    {
        RequireSingleName(name);
        Span<byte> list = stackalloc byte[XattrStackSize];
        while (true)
        {
            var length = ListXattrs(name, list);
            if (length >= 0)
            {
                return length == 0 ? [] : Split(list[..(int)length]);
            }

            switch (FileFailure.Errno)
            {
                case Errno.ENOTSUP:
                    return [];
                case Errno.ERANGE:
                    list = new byte[list.Length * 8];
                    break;
                default:
                    throw FileFailure.Of("llistxattr", name);
            }
        }
    }

    /// <summary>An attribute's value; null when the file has none of that name, or the file system has no attributes.</summary>
    public byte[]? GetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute)
    {
        RequireSingleName(name);
        Span<byte> scratch = stackalloc byte[CPath.StackSize];
        Span<byte> value = stackalloc byte[XattrStackSize];
        fixed (byte* path = ProcPath.Of(Descriptor, name, scratch))
        fixed (byte* key = CPath.Terminate(attribute, stackalloc byte[CPath.StackSize]))
        {
            while (true)
            {
                fixed (byte* buffer = value)
                {
                    var length = Libc.Files.LGetXattr(path, key, buffer, (nuint)value.Length);
                    if (length >= 0)
                    {
                        return value[..(int)length].ToArray();
                    }
                }

                switch (FileFailure.Errno)
                {
                    case Errno.ENODATA or Errno.ENOTSUP:
                        return null;
                    case Errno.ERANGE:
                        value = new byte[value.Length * 8];
                        break;
                    default:
                        throw FileFailure.Of("lgetxattr", name);
                }
            }
        }
    }

    public void SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        RequireSingleName(name);
        Span<byte> scratch = stackalloc byte[CPath.StackSize];
        fixed (byte* path = ProcPath.Of(Descriptor, name, scratch))
        fixed (byte* key = CPath.Terminate(attribute, stackalloc byte[CPath.StackSize]))
        fixed (byte* content = value)
        {
            FileFailure.Check(Libc.Files.LSetXattr(path, key, content, (nuint)value.Length, 0), "lsetxattr", name);
        }
    }

    public void RemoveXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute)
    {
        RequireSingleName(name);
        Span<byte> scratch = stackalloc byte[CPath.StackSize];
        fixed (byte* path = ProcPath.Of(Descriptor, name, scratch))
        fixed (byte* key = CPath.Terminate(attribute, stackalloc byte[CPath.StackSize]))
        {
            FileFailure.Check(Libc.Files.LRemoveXattr(path, key), "lremovexattr", name);
        }
    }

    /// <summary>Asked of every file of a layer, so worth the new call that needs no walk through procfs.</summary>
    private nint ListXattrs(ReadOnlySpan<byte> name, Span<byte> list)
    {
        fixed (byte* buffer = list)
        {
            if (hasListXattrAt)
            {
                fixed (byte* path = CPath.Terminate(name, stackalloc byte[CPath.StackSize]))
                {
                    var length = Libc.Files.ListXattrAt(ListXattrAtNumber, Descriptor, path, FileFlags.AtSymlinkNoFollow, buffer, (nuint)list.Length);
                    if (length >= 0 || FileFailure.Errno is not (Errno.ENOSYS or Errno.EPERM))
                    {
                        return length;
                    }

                    // An older kernel, or a seccomp profile that does not know the call.
                    hasListXattrAt = false;
                }
            }

            fixed (byte* path = ProcPath.Of(Descriptor, name, stackalloc byte[CPath.StackSize]))
            {
                return Libc.Files.LListXattr(path, buffer, (nuint)list.Length);
            }
        }
    }

    private static List<byte[]> Split(ReadOnlySpan<byte> list)
    {
        var names = new List<byte[]>();
        while (!list.IsEmpty)
        {
            var end = list.IndexOf((byte)0);
            names.Add(list[..end].ToArray());
            list = list[(end + 1)..];
        }

        return names;
    }
}
