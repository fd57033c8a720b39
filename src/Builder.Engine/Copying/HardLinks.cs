using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>Where the first copy of each file with several names went, so that its other names become links again.</summary>
internal sealed class HardLinks
{
    private readonly Dictionary<(ulong FileSystem, ulong Inode), string> copies = [];
    private readonly Dictionary<string, (ulong FileSystem, ulong Inode)> files = [];

    /// <summary>The path of the copy, without links; null when there is none, or another file took its place.</summary>
    public byte[]? EarlierCopy(in FileStatus source) =>
        copies.TryGetValue((source.FileSystem, source.Inode), out var path) ? GuestPath.FromKey(path) : null;

    public void Remember(in FileStatus source, byte[] path)
    {
        var key = GuestPath.Key(path);
        copies[(source.FileSystem, source.Inode)] = key;
        files[key] = (source.FileSystem, source.Inode);
    }

    /// <summary>The name at this path is gone: a link to it would now be one to something else.</summary>
    public void Forget(byte[] path)
    {
        if (files.Remove(GuestPath.Key(path), out var file))
        {
            copies.Remove(file);
        }
    }
}
