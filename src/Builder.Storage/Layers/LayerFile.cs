using Builder.Archives.Tar;
using Builder.Linux.Files;

namespace Builder.Storage.Layers;

/// <summary>A name in a directory with what has been learnt of it so far.</summary>
/// <param name="XattrNames">All attributes it has, of whatever kind.</param>
internal sealed record LayerFile(DirectoryHandle Directory, byte[] Name, FileStatus Status, IReadOnlyList<byte[]> XattrNames)
{
    private IReadOnlyList<TarXattr>? xattrs;

    /// <summary>The attributes that a layer carries.</summary>
    internal IReadOnlyList<TarXattr> Xattrs => xattrs ??= CarriedXattrs.Read(Directory, Name, XattrNames);

    internal (uint UserId, uint GroupId) Owner => RecordedOwner.Of(Directory, Name, Status);
}

/// <summary>What was written.</summary>
internal sealed record LayerTally(long Size, int EntryCount, IReadOnlyList<string> Notes);
