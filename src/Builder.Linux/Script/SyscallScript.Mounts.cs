using Builder.Linux.Isolation;

namespace Builder.Linux.Script;

/// <summary>
/// Mounts by descriptor (Linux 5.12): each is made detached, and only attached to a place that was opened before, so
/// no path is ever resolved twice.
/// </summary>
public sealed unsafe partial class SyscallScript
{
    private const int CloseOnExec = 1;
    private const int SetFlag = 0;
    private const int SetString = 1;
    private const int CreateCommand = 6;
    private const int CloneFlag = 1;
    private const int Recursive = 0x8000;
    private const int OpenTreeCloseOnExec = 0x80000;
    private const int FromEmptyPath = 0x04;
    private const int ToEmptyPath = 0x40;
    private const int Detach = 2;
    private const int RecursiveMount = 1 << 14;
    private const int SlaveMount = 1 << 19;

    /// <summary>Those that mount(2) has under the same numbers.</summary>
    private const MountAttributes OldFlags = MountAttributes.ReadOnly | MountAttributes.NoSetUid | MountAttributes.NoDevices | MountAttributes.NoExecution;

    /// <summary>A new file system, not attached anywhere. An option without a value is a flag.</summary>
    public ScriptVariable NewFileSystem(string type, MountAttributes attributes, params IEnumerable<(string Key, string? Value)> options)
    {
        Add($"mount of {type}", SystemCall.FsOpen, out var context, "fs", Text(type), CloseOnExec);

        // The source has no meaning, but it is the first column of df.
        foreach (var (key, value) in options.Prepend(("source", type)))
        {
            Add(
                $"mount of {type} with {key}={value}",
                SystemCall.FsConfig,
                context,
                value is null ? SetFlag : SetString,
                Text(key),
                value is null ? 0 : Text(value),
                0);
        }

        Add($"mount of {type}", SystemCall.FsConfig, context, CreateCommand, 0, 0, 0);
        Add($"mount of {type}", SystemCall.FsMount, out var mount, type, context, CloseOnExec, (long)attributes);
        Close(context);
        return mount;
    }

    /// <summary>A copy of the mounts at a path, not attached anywhere. Links are followed: the path is the host's.</summary>
    public ScriptOperation CopyMount(string path, bool recursive, out ScriptVariable mount) =>
        Add($"bind of {path}", SystemCall.OpenTree, out mount, "mount", CurrentDirectory, Text(path), CloneFlag | OpenTreeCloseOnExec | (recursive ? Recursive : 0));

    /// <summary>A copy of the mount at a name inside an open directory, not attached anywhere.</summary>
    public ScriptOperation CopyMountAt(ScriptValue directory, string name, string description, out ScriptVariable mount) =>
        Add(description, SystemCall.OpenTree, out mount, "mount", directory, Text(name), CloneFlag | OpenTreeCloseOnExec);

    /// <summary>A copy of the mounts at an open place, not attached anywhere.</summary>
    public ScriptOperation CopyMount(ScriptValue place, bool recursive, string description, out ScriptVariable mount) =>
        Add(description, SystemCall.OpenTree, out mount, "mount", place, Text(""), CloneFlag | OpenTreeCloseOnExec | EmptyPath | (recursive ? Recursive : 0));

    /// <summary>Adds attributes to a mount and, if asked, to all below it; the ones it has stay.</summary>
    public ScriptOperation RestrictMount(ScriptValue mount, MountAttributes attributes, bool recursive, string description) =>
        Add(description, SystemCall.MountSetAttr, mount, Text(""), EmptyPath | (recursive ? Recursive : 0), Data<ulong>([(ulong)attributes, 0, 0, 0], attributes.ToString()), 4 * sizeof(ulong));

    public ScriptOperation AttachMount(ScriptValue mount, ScriptValue place, string path) =>
        Add($"mount on {path}", SystemCall.MoveMount, mount, Text(""), place, Text(""), FromEmptyPath | ToEmptyPath);

    /// <summary>Attaches to a name inside an open directory.</summary>
    public ScriptOperation AttachMountAt(ScriptValue mount, ScriptValue directory, string name, string path) =>
        Add($"mount on {path}", SystemCall.MoveMount, mount, Text(""), directory, Text(name), FromEmptyPath);

    /// <summary>Takes the uppermost mount off a path; what was copied from it stays.</summary>
    public ScriptOperation DetachMount(string path) => Add($"unmount of {path}", SystemCall.Umount2, Text(path), Detach);

    /// <summary>What is mounted or unmounted here from now on stays here; what the host unmounts goes here as well.</summary>
    public ScriptOperation MakeMountsSlave() =>
        Add("making mounts a slave of the host's", SystemCall.Mount, Text("none"), Text("/"), 0, RecursiveMount | SlaveMount, 0);

    /// <summary>
    /// Makes the attached mount the root directory and takes the host's tree out of reach: pivot_root(".", ".") stacks
    /// the old root on the new one, from where it is detached, without a directory for it in the image.
    /// </summary>
    public void ChangeRoot(ScriptValue mount)
    {
        ChangeDirectory(mount, "to the new root");
        Add("pivot_root", SystemCall.PivotRoot, Text("."), Text("."));
        Add("detaching the host's root", SystemCall.Umount2, Text("."), Detach);
        ChangeDirectory("/");
    }

    /// <summary>mount(2) of a file system whose options fit in a page, for kernels that cannot take them one by one.</summary>
    public ScriptOperation MountAt(string type, string path, MountAttributes attributes, string options) =>
        Add($"mount of {type}", SystemCall.Mount, Text(type), Text(path), Text(type), (long)(attributes & OldFlags), Text(options));
}
