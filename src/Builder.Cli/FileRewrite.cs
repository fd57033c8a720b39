using Builder.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Builder.Cli;

/// <summary>Puts other bytes in the place of a file's, all at once: whoever reads it sees the old or the new ones.</summary>
internal static class FileRewrite
{
    /// <param name="path">A file that is there. A symbolic link stays one; the file behind it is replaced.</param>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        var draft = $"{target}.{Path.GetRandomFileName()}";
        try
        {
            using (var file = File.OpenHandle(draft, FileMode.CreateNew, FileAccess.Write))
            {
                RandomAccess.Write(file, content, 0);
                TakeOver(target, file);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(draft, target, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }

    /// <summary>The file keeps its mode, and its owner when that can be.</summary>
    private static void TakeOver(string target, SafeFileHandle file)
    {
        using var old = File.OpenHandle(target);
        var (before, now) = (OpenedFiles.Status(old), OpenedFiles.Status(file));
        if (before.UserId != now.UserId || before.GroupId != now.GroupId)
        {
            OpenedFiles.SetOwner(file, before.UserId, before.GroupId);
        }

        OpenedFiles.SetMode(file, before.Mode);
    }
}
