using System.Runtime.InteropServices;
using System.Text;
using Builder.Linux.Native;

namespace Builder.Linux.ControlGroups;

/// <summary>The files of the kernel. Written by plain calls: the answer to a write is an errno that means something.</summary>
internal sealed unsafe class KernelControlGroupFiles : IControlGroupFiles
{
    private const int WriteOnly = 1;
    private const int CloseOnExec = 0x80000;
    private const int CurrentDirectory = -100;
    private const int RemoveDirectoryFlag = 0x200;
    private const uint Mode755 = 0x1ed;

    public static KernelControlGroupFiles Instance { get; } = new();

    public bool Exists(string path) => Path.Exists(path);

    public string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Write(string path, string text)
    {
        using var file = OpenForWriting(path);
        var bytes = Encoding.ASCII.GetBytes(text);
        fixed (byte* start = bytes)
        {
            if (Libc.WriteDescriptor((int)file.DangerousGetHandle(), start, bytes.Length) < 0)
            {
                throw new LinuxException("write", $"\"{text}\" to {path}", (Errno)Marshal.GetLastPInvokeError());
            }
        }
    }

    public void MakeDirectory(string path)
    {
        fixed (byte* name = Terminated(path))
        {
            if (Libc.Files.MkDirAt(CurrentDirectory, name, Mode755) < 0 && (Errno)Marshal.GetLastPInvokeError() is var errno and not Errno.EEXIST)
            {
                throw new LinuxException("mkdir", path, errno);
            }
        }
    }

    public bool RemoveDirectory(string path)
    {
        fixed (byte* name = Terminated(path))
        {
            return Libc.Files.UnlinkAt(CurrentDirectory, name, RemoveDirectoryFlag) == 0 || (Errno)Marshal.GetLastPInvokeError() == Errno.ENOENT;
        }
    }

    public IReadOnlyList<string> Children(string path)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(path).Select(child => Path.GetFileName(child)!)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>An existing file; the caller closes it.</summary>
    internal static Microsoft.Win32.SafeHandles.SafeFileHandle OpenForWriting(string path)
    {
        fixed (byte* name = Terminated(path))
        {
            var file = Libc.Files.OpenAt(CurrentDirectory, name, WriteOnly | CloseOnExec, 0);
            return file < 0
                ? throw new LinuxException("open", path, (Errno)Marshal.GetLastPInvokeError())
                : new Microsoft.Win32.SafeHandles.SafeFileHandle(file, ownsHandle: true);
        }
    }

    private static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + '\0');
}
