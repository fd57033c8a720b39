using System.Text.Json.Serialization.Metadata;
using Builder.Diagnostics;
using Builder.Linux.Files;

namespace Builder.Storage.Records;

/// <summary>
/// Small files that are always whole: written elsewhere, synced as the policy says, renamed into place. A reader sees the
/// old content or the new, never a part.
/// </summary>
/// <param name="warn">Told of records that turn out to be damaged.</param>
internal sealed class AtomicFile(TempFolder temp, FsyncPolicy fsync, Action<string>? warn = null)
{
    /// <summary>Says aloud what a user should know and what stops nothing.</summary>
    internal void Warn(string sentence) => warn?.Invoke(sentence);

    internal void Write(string path, ReadOnlySpan<byte> content)
    {
        var draft = temp.NewPath();
        try
        {
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
        catch (IOException e) when (DiskErrors.Explain(e) is { } explained)
        {
            File.Delete(draft);
            throw explained;
        }
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

    /// <summary>
    /// The record in a file; null when there is none. A damaged record is as good as none, and said aloud: what it says can
    /// be found out again, or the check of the store names what cannot.
    /// </summary>
    internal T? TryReadRecord<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return StorageJson.TryRead(path, type);
        }
        catch (BuilderException e) when (e.Code == StorageErrors.Corrupt)
        {
            warn?.Invoke(e.Message);
            return null;
        }
    }

    /// <summary>The content of a file of at most <paramref name="limit"/> bytes; null when there is none.</summary>
    internal static byte[]? TryRead(string path, int limit)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(file);
            if (length > limit)
            {
                throw new BuilderException(StorageErrors.Corrupt, $"{path} has {length} bytes, more than the {limit} that such a file can have");
            }

            var content = new byte[length];
            for (var filled = 0; filled < content.Length;)
            {
                var count = RandomAccess.Read(file, content.AsSpan(filled), filled);
                if (count == 0)
                {
                    throw new BuilderException(StorageErrors.Corrupt, $"{path} became shorter while it was read");
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
