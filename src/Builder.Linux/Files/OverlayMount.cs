using System.Text;
using Builder.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace Builder.Linux.Files;

/// <summary>
/// Overlay file systems that are mounted nowhere: fsmount(2) gives a descriptor that is the root of the mount and its
/// only owner, so the mount ends when the last descriptor is closed, also when the process is killed. Needs
/// CAP_SYS_ADMIN in the user namespace that owns the mount namespace.
/// </summary>
public static unsafe class OverlayMount
{
    private const nint FsOpenNumber = 430;
    private const nint FsConfigNumber = 431;
    private const nint FsMountNumber = 432;
    private const uint CloseOnExec = 1;
    private const uint SetFlag = 0;
    private const uint SetString = 1;
    private const uint CreateCommand = 6;
    private const uint AttributeReadOnly = 1;

    /// <summary>A merged, read-only view; one lower alone needs no overlay and is opened as it is.</summary>
    public static RootDirectory OpenView(IReadOnlyList<string> lowers, bool userXattrs)
    {
        ArgumentNullException.ThrowIfNull(lowers);
        return lowers.Count == 1
            ? RootDirectory.Open(lowers[0])
            : Mount(new OverlayLayers { Lowers = lowers, UserXattrs = userXattrs });
    }

    /// <summary>Mounts <paramref name="layers"/>; read-only without an upper folder.</summary>
    public static RootDirectory Mount(OverlayLayers layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Lowers.Count == 0 || layers.Upper is null != layers.Work is null)
        {
            throw new ArgumentException("an overlay needs a lower folder, and upper and work together or not at all", nameof(layers));
        }

        using var context = OpenContext();
        SetLowers(context, layers.Lowers);
        if (layers.Upper is not null)
        {
            Set(context, "upperdir", layers.Upper);
            Set(context, "workdir", layers.Work!);

            // The upper folder of an unfinished step is thrown away after a crash: syncing it would be for nothing.
            if (!layers.IsKept)
            {
                SetWhereKnown(context, "volatile", null);
            }
        }

        // Module parameters may turn these on; each would leave upper folders that are not complete by themselves.
        Set(context, "redirect_dir", layers.UserXattrs ? "nofollow" : "off");
        SetWhereKnown(context, "metacopy", "off");
        SetWhereKnown(context, "index", "off");
        SetWhereKnown(context, "xino", "off");
        if (layers.UserXattrs)
        {
            Set(context, "userxattr", null);
        }

        if (Configure(context, CreateCommand, null, null) < 0)
        {
            throw Failure(context, "fsconfig", layers.Lowers[0]);
        }

        var attributes = layers.Upper is null ? AttributeReadOnly : 0;
        var mount = Libc.Files.FsMount(FsMountNumber, Descriptor(context), CloseOnExec, attributes);
        return mount >= 0
            ? new RootDirectory(new SafeFileHandle(mount, ownsHandle: true))
            : throw Failure(context, "fsmount", layers.Lowers[0]);
    }

    private static SafeFileHandle OpenContext()
    {
        fixed (byte* name = "overlay\0"u8)
        {
            var context = Libc.Files.FsOpen(FsOpenNumber, name, CloseOnExec);
            return context >= 0
                ? new SafeFileHandle(context, ownsHandle: true)
                : throw new LinuxException("fsopen", "overlay", FileFailure.Errno, "Builder needs overlayfs, and the right to mount it (root, or a user namespace on Linux 5.11 or later)");
        }
    }

    private static void SetLowers(SafeFileHandle context, IReadOnlyList<string> lowers)
    {
        // "lowerdir+" (Linux 6.8) takes one folder a call, as it is; before, all go into one string with ':' escaped.
        if (TrySet(context, "lowerdir+", lowers[0]))
        {
            foreach (var lower in lowers.Skip(1))
            {
                Set(context, "lowerdir+", lower);
            }

            return;
        }

        Set(context, "lowerdir", string.Join(':', lowers.Select(Escape)));
    }

    private static string Escape(string folder) =>
        folder.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal);

    private static void Set(SafeFileHandle context, string key, string? value)
    {
        if (!TrySet(context, key, value))
        {
            throw Failure(context, "fsconfig", value is null ? key : $"{key}={value}");
        }
    }

    /// <summary>An option that this kernel does not know is one that it cannot have turned on.</summary>
    private static void SetWhereKnown(SafeFileHandle context, string key, string? value)
    {
        if (!TrySet(context, key, value) && FileFailure.Errno != Errno.EINVAL)
        {
            throw Failure(context, "fsconfig", key);
        }
    }

    private static bool TrySet(SafeFileHandle context, string key, string? value) =>
        Configure(context, value is null ? SetFlag : SetString, key, value) >= 0;

    private static nint Configure(SafeFileHandle context, uint command, string? key, string? value)
    {
        fixed (byte* k = key is null ? null : CPath.OfText(key))
        fixed (byte* v = value is null ? null : CPath.OfText(value))
        {
            return Libc.Files.FsConfig(FsConfigNumber, Descriptor(context), command, k, v, 0);
        }
    }

    /// <summary>The kernel explains a refused mount in lines that are read from the context.</summary>
    private static LinuxException Failure(SafeFileHandle context, string call, string subject)
    {
        var errno = FileFailure.Errno;
        const int MaxLine = 1024;
        var said = new List<string>();
        var line = stackalloc byte[MaxLine];
        for (nint length; (length = Libc.Files.Read(Descriptor(context), line, MaxLine)) > 0;)
        {
            said.Add(Encoding.UTF8.GetString(line, (int)length).Trim());
        }

        return new LinuxException(call, subject, errno, said.Count == 0 ? null : "the kernel says: " + string.Join("; ", said));
    }

    private static int Descriptor(SafeFileHandle context) => (int)context.DangerousGetHandle();
}
