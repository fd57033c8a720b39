using System.Text;
using Builder.Linux.Native;
using Tmds.Linux;

namespace Builder.Linux.Overlay;

/// <summary>What one overlay layer says about one name.</summary>
internal enum LayerNodeKind
{
    Directory,

    /// <summary>A directory that hides the ones of the layers below.</summary>
    OpaqueDirectory,
    Link,
    Whiteout,
    Other,
}

/// <summary>The metadata of a directory that has to be repeated when a layer is put on top of it.</summary>
internal sealed record DirectoryMetadata(UnixFileMode Mode, uint User, uint Group, long Seconds, long Nanoseconds);

/// <summary>Looks at single names in a layer, never following a link (overlayfs.rst in the kernel's documentation has the marks).</summary>
internal static unsafe class LayerNode
{
    private const int TypeMask = 0xF000;
    private const int DirectoryType = 0x4000;
    private const int LinkType = 0xA000;
    private const int CharacterDeviceType = 0x2000;
    private const int SymlinkNoFollow = 0x100;
    private const int CurrentDirectory = -100;

    /// <summary>Null when the layer says nothing about it.</summary>
    public static LayerNodeKind? Find(string path) => Status(path) is not { } status ? null : (StatusMode(status) & TypeMask) switch
    {
        DirectoryType => IsOpaque(path) ? LayerNodeKind.OpaqueDirectory : LayerNodeKind.Directory,
        LinkType => LayerNodeKind.Link,
        CharacterDeviceType when (ulong)status.st_rdev == 0 => LayerNodeKind.Whiteout,
        _ => HasMark(path, "overlay.whiteout", null) ? LayerNodeKind.Whiteout : LayerNodeKind.Other,
    };

    public static DirectoryMetadata Metadata(string path)
    {
        var status = Status(path) ?? throw new LinuxException("lstat", path, Errno.ENOENT);
        return new DirectoryMetadata(
            (UnixFileMode)(StatusMode(status) & 0xFFF),
            (uint)status.st_uid,
            (uint)status.st_gid,
            (long)status.st_mtim.tv_sec,
            (long)status.st_mtim.tv_nsec);
    }

    /// <summary>Owner before mode, since a change of owner clears set-id bits; the time last.</summary>
    public static void Apply(DirectoryMetadata metadata, string path)
    {
        fixed (byte* name = Bytes(path))
        {
            Check(LibC.lchown(name, metadata.User, metadata.Group), "chown", path);
            Check(LibC.chmod(name, (ushort)metadata.Mode), "chmod", path);
            var times = stackalloc timespec[2];
            times[0] = times[1] = new timespec { tv_sec = metadata.Seconds, tv_nsec = (long_t)metadata.Nanoseconds };
            Check(LibC.utimensat(CurrentDirectory, name, times, SymlinkNoFollow), "utimensat", path);
        }
    }

    private static bool IsOpaque(string path) => HasMark(path, "overlay.opaque", (byte)'y');

    private static bool HasMark(string path, string name, byte? value)
    {
        Span<byte> found = stackalloc byte[1];
        foreach (var space in new[] { "trusted.", "user." })
        {
            fixed (byte* file = Bytes(path), key = Bytes(space + name), buffer = found)
            {
                var size = Libc.ReadMark(file, key, buffer, 1);
                if (size >= 0 && (value is null || (size == 1 && found[0] == value)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static stat? Status(string path)
    {
        var status = default(stat);
        fixed (byte* name = Bytes(path))
        {
            if (LibC.lstat(name, &status) == 0)
            {
                return status;
            }
        }

        var errno = (Errno)(int)LibC.errno;
        return errno is Errno.ENOENT or Errno.ENOTDIR ? null : throw new LinuxException("lstat", path, errno);
    }

    private static int StatusMode(stat status) => (int)(uint)status.st_mode;

    private static void Check(int result, string call, string path)
    {
        if (result < 0)
        {
            throw new LinuxException(call, path, (Errno)(int)LibC.errno);
        }
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text + "\0");
}
