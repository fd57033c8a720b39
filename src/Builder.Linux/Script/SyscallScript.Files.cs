using static Tmds.Linux.LibC;

namespace Builder.Linux.Script;

/// <summary>Descriptors and the few files that a container's set-up makes.</summary>
public sealed partial class SyscallScript
{
    /// <summary>AT_FDCWD.</summary>
    public const int CurrentDirectory = -100;

    private const ulong NoMagicLinks = 0x02;
    private const ulong NoSymbolicLinks = 0x04;
    private const ulong InRoot = 0x10;
    private const int SymlinkNoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const int RegularFile = 0x8000;

    /// <summary>
    /// Opens a path as a mere handle, as if the current directory were the root: no link leads out of it, and links of
    /// /proc that point at open files are refused.
    /// </summary>
    public ScriptOperation OpenInRoot(string path, bool directory, bool followLinks, out ScriptVariable handle) =>
        Add(
            $"opening {path} in the root file system",
            SystemCall.OpenAt2,
            out handle,
            "handle",
            CurrentDirectory,
            Text(path),
            Data<ulong>([(uint)(O_PATH | O_CLOEXEC | (directory ? O_DIRECTORY : 0)), 0, InRoot | NoMagicLinks | (followLinks ? 0 : NoSymbolicLinks)], followLinks ? "in-root" : "in-root, no-links"),
            3 * sizeof(ulong)).RetryWhenRaced();

    /// <summary>Opens a path of the host as a mere handle.</summary>
    public ScriptOperation OpenPath(string path, out ScriptVariable handle) =>
        Add($"opening {path}", SystemCall.OpenAt, out handle, "handle", CurrentDirectory, Text(path), O_PATH | O_CLOEXEC, 0);

    /// <summary>Opens a path below an open directory as a mere handle, as if that were the root: no link leads out of it.</summary>
    public ScriptOperation OpenBelow(ScriptValue directory, string path, string description, out ScriptVariable handle) =>
        Add(
            description,
            SystemCall.OpenAt2,
            out handle,
            "handle",
            directory,
            Text(path),
            Data<ulong>([(uint)(O_PATH | O_CLOEXEC), 0, InRoot | NoMagicLinks], "in-root"),
            3 * sizeof(ulong)).RetryWhenRaced();

    /// <summary>Makes a regular file with this content in an open directory; errors do not show the content.</summary>
    public void MakeFile(ScriptValue directory, string name, int mode, ReadOnlySpan<byte> content)
    {
        MakeFile(directory, name, mode);
        Add($"opening {name}", SystemCall.OpenAt, out var file, "file", directory, Text(name), O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0);
        Add($"writing {name}", SystemCall.Write, file, Data(content, $"{content.Length} bytes"), content.Length).AtLeast(content.Length);
        Close(file);
    }

    public ScriptOperation OpenForReading(string path, out ScriptVariable file) =>
        Add($"opening {path}", SystemCall.OpenAt, out file, "file", CurrentDirectory, Text(path), O_RDONLY | O_CLOEXEC, 0);

    public ScriptOperation OpenForWriting(string path, out ScriptVariable file) =>
        Add($"opening {path}", SystemCall.OpenAt, out file, "file", CurrentDirectory, Text(path), O_WRONLY | O_CLOEXEC, 0);

    public ScriptOperation Write(ScriptValue descriptor, string text, string description) =>
        Add(description, SystemCall.Write, descriptor, Text(text), System.Text.Encoding.UTF8.GetByteCount(text));

    public ScriptOperation Close(ScriptValue descriptor) => Add("close", SystemCall.Close, descriptor);

    public ScriptOperation Read(ScriptValue descriptor, string description) =>
        Add(description, SystemCall.Read, descriptor, Data<ulong>([0], "buffer"), 1);

    public ScriptOperation Duplicate(ScriptValue from, int to) => Add($"dup of descriptor {to}", SystemCall.Dup3, from, to, 0);

    /// <summary>Leaves no descriptor but 0, 1 and 2, whoever opened it.</summary>
    public ScriptOperation CloseAll() => Add("closing all other descriptors", SystemCall.CloseRange, 3, (long)uint.MaxValue, 0);

    /// <summary>Leaves no descriptor with this number or a higher one.</summary>
    public ScriptOperation CloseFrom(int first) => Add("closing all other descriptors", SystemCall.CloseRange, first, (long)uint.MaxValue, 0);

    public ScriptOperation MakeDirectory(ScriptValue directory, string name, int mode) =>
        Add($"mkdir {name}", SystemCall.MkdirAt, directory, Text(name), mode);

    public ScriptOperation MakeFile(ScriptValue directory, string name, int mode) =>
        Add($"creating {name}", SystemCall.MknodAt, directory, Text(name), RegularFile | mode, 0);

    public ScriptOperation MakeLink(ScriptValue directory, string name, string target) =>
        Add($"symlink {name}", SystemCall.SymlinkAt, Text(target), directory, Text(name));

    public ScriptOperation ChangeOwner(ScriptValue directory, string name, uint user, uint group) =>
        Add($"chown {name}", SystemCall.FchownAt, directory, Text(name), (long)user, (long)group, SymlinkNoFollow);

    /// <summary>Changes the owning user of an open file, and not its group.</summary>
    public ScriptOperation ChangeOwner(ScriptValue file, uint user, string description) =>
        Add(description, SystemCall.Fchown, file, (long)user, -1);

    public ScriptOperation ChangeDirectory(string path) => Add($"chdir {path}", SystemCall.ChDir, Text(path));

    public ScriptOperation ChangeDirectory(ScriptValue directory, string path) => Add($"chdir {path}", SystemCall.FchDir, directory);

    /// <summary>umask(2).</summary>
    public ScriptOperation SetFileModeMask(int mask) => Add("umask", SystemCall.Umask, mask);

    private ScriptOperation OpenWithoutMagicLinks(string path) =>
        Add($"finding {path}", SystemCall.OpenAt2, CurrentDirectory, Text(path), Data<ulong>([(uint)(O_PATH | O_CLOEXEC), 0, NoMagicLinks], "no magic links"), 3 * sizeof(ulong)).RetryWhenRaced();
}
