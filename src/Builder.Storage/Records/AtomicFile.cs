using Builder.Linux.Files;

namespace Builder.Storage.Records;

/// <summary>
/// Small files that are always whole: written elsewhere, synced as the policy says, renamed into place. A reader sees the
/// old content or the new, never a part.
/// </summary>
internal sealed class AtomicFile(TempFolder temp, FsyncPolicy fsync)
{
    internal void Write(string path, ReadOnlySpan<byte> content)
    {
        var draft = temp.NewPath();
        using (var file = File.OpenHandle(draft, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(file, content, 0);
            if (fsync != FsyncPolicy.Never)
            {
                RandomAccess.FlushToDisk(file);
            }
        }

        Publish(draft, path);
    }

    /// <summary>Renames a finished file into place; the folder it goes to is made when it is missing.</summary>
    internal void Publish(string draft, string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        File.Move(draft, path, overwrite: true);
        if (fsync != FsyncPolicy.Never)
        {
            OpenedFiles.SyncDirectory(folder);
        }
    }

    /// <summary>The content of a file of at most <paramref name="limit"/> bytes; null when there is none.</summary>
    internal static byte[]? TryRead(string path, int limit)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var length = RandomAccess.GetLength(file);
            if (length > limit)
            {
                throw new Diagnostics.BuilderException(StorageErrors.Corrupt, $"{path} has {length} bytes, more than the {limit} that such a file can have");
            }

            var content = new byte[length];
            for (var filled = 0; filled < content.Length;)
            {
                var count = RandomAccess.Read(file, content.AsSpan(filled), filled);
                if (count == 0)
                {
                    throw new Diagnostics.BuilderException(StorageErrors.Corrupt, $"{path} became shorter while it was read");
                }

                filled += count;
            }

            return content;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
