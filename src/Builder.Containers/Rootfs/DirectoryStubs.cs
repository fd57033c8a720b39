using System.Text;
using Builder.Linux;
using Builder.Linux.Files;
using Builder.Linux.Overlay;

namespace Builder.Containers;

/// <summary>
/// The stubs that mounts need, in a root that is a plain directory: made in the tree itself, since there is no layer to put
/// them in, and taken away after the step where they are still what they were. A stub that the step has put something into,
/// or replaced, is the step's own then.
/// </summary>
public sealed class DirectoryStubs : IDisposable
{
    private readonly string root;
    private readonly List<(byte[] Path, FileStatus Made)> stubs = [];
    private readonly List<(byte[] Path, FileTime Modified)> times = [];

    private DirectoryStubs(string root) => this.root = root;

    /// <summary>Makes what is missing. A stub whose path leads through a file is left out; the launch says what is wrong.</summary>
    public static DirectoryStubs Make(string root, IReadOnlyList<MountStub> stubs)
    {
        ArgumentNullException.ThrowIfNull(stubs);
        var made = new DirectoryStubs(root);
        foreach (var stub in stubs)
        {
            made.Make(stub);
        }

        return made;
    }

    public void Dispose()
    {
        using var tree = RootDirectory.Open(root);
        foreach (var (path, made) in Enumerable.Reverse(stubs))
        {
            Remove(tree, path, made);
        }

        foreach (var (path, modified) in Enumerable.Reverse(times))
        {
            using var directory = tree.TryOpenDirectory(path);
            directory?.SetTimes(DirectoryHandle.Self, modified);
        }
    }

    private void Make(MountStub stub)
    {
        if (new LayeredView([root]).Resolve(stub.Path) is not { Missing.Count: > 0 } path)
        {
            return;
        }

        using var tree = RootDirectory.Open(root);
        var current = string.Join('/', path.Existing.Select(part => part.Name));
        using (var parent = tree.OpenDirectory(Encoding.UTF8.GetBytes(current)))
        {
            times.Add((Encoding.UTF8.GetBytes(current), parent.Lstat(DirectoryHandle.Self).Modified));
        }

        LayerStub.Make(root, path, stub.Kind == MountStubKind.File);
        foreach (var name in path.Missing)
        {
            current = current.Length == 0 ? name : $"{current}/{name}";
            var bytes = Encoding.UTF8.GetBytes(current);
            stubs.Add((bytes, tree.TryLstat(bytes) ?? throw new LinuxException("lstat", current, Errno.ENOENT)));
        }
    }

    /// <summary>By descriptor and inode: a link that the step put in a stub's place is not followed (CVE-2024-23652).</summary>
    private static void Remove(RootDirectory tree, byte[] path, in FileStatus made)
    {
        try
        {
            using var parent = tree.OpenParent(path, out var name);
            if (parent.TryLstat(name) is not { } now || now.Inode != made.Inode || now.FileSystem != made.FileSystem)
            {
                return;
            }

            if (now.Type == FileType.Directory)
            {
                parent.RemoveDirectory(name);
            }
            else if (now.Size == 0)
            {
                parent.Unlink(name);
            }
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOTEMPTY or Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
        {
            // The step has put something into it, or something else in its place.
        }
    }
}
