using Builder.Diagnostics;
using Builder.Linux;
using Builder.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Builder.Engine.Copying;

/// <summary>
/// Opens what a copy reads. A file that whoever builds may not read is told by its path below the root: the kernel knows only
/// the last name of it.
/// </summary>
internal static class ReadableFiles
{
    /// <param name="top">A directory below the tree's root, for the message.</param>
    /// <param name="path">Of the file below that directory.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.FileAccess"/>.</exception>
    public static SafeFileHandle OpenFile(DirectoryHandle directory, byte[] name, ReadOnlySpan<byte> top, ReadOnlySpan<byte> path)
    {
        try
        {
            return directory.OpenFile(name);
        }
        catch (LinuxException e) when (IsRefusal(e))
        {
            throw Refused("file", GuestPath.Join(top, path.TrimStart((byte)'/')), e);
        }
    }

    /// <param name="seen">What it was when it was found.</param>
    /// <param name="top">The path of the directory, for the message.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.FileAccess"/>.</exception>
    public static SafeFileHandle OpenFile(DirectoryHandle directory, byte[] name, in FileStatus seen, ReadOnlySpan<byte> top)
    {
        try
        {
            return directory.OpenFile(name, seen);
        }
        catch (LinuxException e) when (IsRefusal(e))
        {
            throw Refused("file", GuestPath.Join(top, name), e);
        }
    }

    /// <exception cref="BuilderException"><see cref="EngineErrors.FileAccess"/>.</exception>
    public static SafeFileHandle OpenFile(RootDirectory root, string path)
    {
        try
        {
            return root.OpenFile(GuestPath.FromText(path));
        }
        catch (LinuxException e) when (IsRefusal(e))
        {
            throw Refused("file", GuestPath.FromText(path), e);
        }
    }

    /// <exception cref="BuilderException"><see cref="EngineErrors.FileAccess"/>.</exception>
    public static DirectoryHandle OpenDirectory(RootDirectory root, byte[] path)
    {
        try
        {
            return root.OpenDirectory(path);
        }
        catch (LinuxException e) when (IsRefusal(e))
        {
            throw Refused("folder", path, e);
        }
    }

    /// <param name="path">Of the directory below the tree's root, for the message.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.FileAccess"/>.</exception>
    public static DirectoryHandle OpenDirectory(DirectoryHandle parent, byte[] name, string path)
    {
        try
        {
            return parent.OpenDirectory(name);
        }
        catch (LinuxException e) when (IsRefusal(e))
        {
            throw Refused("folder", GuestPath.FromText(path), e);
        }
    }

    /// <summary>What is done to find a source, whose path may lead through folders that nobody may enter.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.FileAccess"/>.</exception>
    public static T Finding<T>(string source, Func<T> find)
    {
        try
        {
            return find();
        }
        catch (LinuxException e) when (IsRefusal(e))
        {
            throw Refused("source", GuestPath.FromText(source), e);
        }
    }

    private static bool IsRefusal(LinuxException e) => e.Errno is Errno.EACCES or Errno.EPERM;

    private static BuilderException Refused(string what, ReadOnlySpan<byte> path, Exception inner) => new(
        EngineErrors.FileAccess,
        $"the {what} /{GuestPath.ToText(path)} cannot be read: permission denied",
        "make it readable for the user who builds, or name it in .dockerignore if no step needs it",
        inner: inner);
}
