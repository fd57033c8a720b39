using Builder.Diagnostics;

namespace Builder.Archives;

/// <summary>What can be wrong with bytes that claim to be an archive.</summary>
public static class ArchiveErrors
{
    /// <summary>Not a tar archive, or one whose headers contradict themselves; the message has the byte offset.</summary>
    public static readonly ErrorCode InvalidTar = new(1153);

    /// <summary>A tar archive that ends in the middle of an entry.</summary>
    public static readonly ErrorCode TruncatedTar = new(1154);

    /// <summary>More bytes than the caller allows: a metadata record, a document, a decompressed stream.</summary>
    public static readonly ErrorCode LimitExceeded = new(1155);

    /// <summary>Compressed data that cannot be decoded, or that ends too early.</summary>
    public static readonly ErrorCode InvalidCompression = new(1156);

    /// <summary>A blob whose size or digest is not the promised one.</summary>
    public static readonly ErrorCode ContentMismatch = new(1157);

    /// <summary>An archive that is neither an OCI layout nor a docker archive, or is a broken one.</summary>
    public static readonly ErrorCode InvalidImageArchive = new(1158);

    /// <summary>An image archive that refers to something it does not contain.</summary>
    public static readonly ErrorCode MissingPiece = new(1159);

    /// <summary>A file that the tar format has no way to say.</summary>
    public static readonly ErrorCode Unrepresentable = new(1160);
}
