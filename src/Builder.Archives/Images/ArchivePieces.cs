using Builder.Archives.Compression;
using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Archives.Images;

/// <summary>A file of an image archive. <paramref name="Document"/> is its content if that looks like JSON and is small.</summary>
internal sealed record ArchivePiece(string Name, Digest Digest, long Size, CompressionKind Compression, byte[]? Document);

/// <summary>
/// The files of an image archive, by name and by digest, whatever their order was. Content goes to the sink while the
/// archive is read; documents stay in memory, and go there when an image turns out to need them.
/// </summary>
internal sealed class ArchivePieces(IBlobSink sink, CancellationToken cancellationToken)
{
    private const int MaxDocuments = 64 * 1024 * 1024;
    private const int MaxLinks = 8;

    private readonly Dictionary<string, ArchivePiece> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> links = new(StringComparer.Ordinal);
    private readonly Dictionary<Digest, ArchivePiece> byDigest = [];
    private readonly HashSet<Digest> published = [];
    private long documents;

    public void ReadAll(TarReader tar)
    {
        while (tar.Next() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ArchiveName.Key(entry.Name.Span) is { } name)
            {
                Add(name, entry, tar);
            }
        }
    }

    /// <summary>The piece of a name as a JSON document gives it, through links.</summary>
    public ArchivePiece? Find(string name)
    {
        var key = ArchiveName.Key(name);
        for (var i = 0; key is not null && i < MaxLinks; i++)
        {
            if (byName.TryGetValue(key, out var piece))
            {
                return piece;
            }

            key = links.GetValueOrDefault(key);
        }

        return null;
    }

    /// <summary>The piece that a descriptor points at; null when it is not in the archive.</summary>
    public ArchivePiece? Find(Descriptor descriptor)
    {
        if (!byDigest.TryGetValue(descriptor.Digest, out var piece))
        {
            return null;
        }

        return piece.Size == descriptor.Size
            ? piece
            : throw new BuilderException(ArchiveErrors.ContentMismatch, $"the blob {descriptor.Digest} has {piece.Size} bytes, its descriptor says {descriptor.Size}");
    }

    /// <summary>Makes sure that the piece is in the sink.</summary>
    public void Publish(ArchivePiece piece)
    {
        if (piece.Document is { } document && published.Add(piece.Digest))
        {
            Put(piece.Name, new MemoryStream(document, writable: false));
        }
    }

    /// <summary>Puts a document that was not in the archive into the sink.</summary>
    public Descriptor Publish(string mediaType, byte[] document) =>
        new(mediaType, Put("the generated manifest", new MemoryStream(document, writable: false)), document.Length);

    private void Add(string name, TarEntry entry, TarReader tar)
    {
        byName.Remove(name);
        links.Remove(name);
        switch (entry.Kind)
        {
            case TarEntryKind.File:
                var piece = Read(name, entry.Size, tar);
                RequireClaimedDigest(piece);
                byName[name] = byDigest[piece.Digest] = piece;
                break;
            case TarEntryKind.SymbolicLink when ArchiveName.LinkKey(name, entry.LinkName.Span) is { } target:
                links[name] = target;
                break;
            case TarEntryKind.HardLink when ArchiveName.Key(entry.LinkName.Span) is { } target:
                links[name] = target;
                break;
        }
    }

    private ArchivePiece Read(string name, long size, TarReader tar)
    {
        var content = new PeekedStream(tar.Content, Sniffer.Length);
        var compression = Sniffer.Detect(content.Peeked);
        if (size > OciJson.MaxDocumentSize || content.Peeked.TrimStart(" \t\r\n"u8) is not [(byte)'{' or (byte)'[', ..])
        {
            return new ArchivePiece(name, Put(name, content), size, compression, Document: null);
        }

        documents += size;
        if (documents > MaxDocuments)
        {
            throw new BuilderException(ArchiveErrors.LimitExceeded, $"the archive has more than {MaxDocuments} bytes of JSON documents");
        }

        var document = new byte[size];
        content.ReadExactly(document);
        return new ArchivePiece(name, Digest.Of(document), size, compression, document);
    }

    private Digest Put(string name, Stream content)
    {
        try
        {
            return sink.Put(content, cancellationToken);
        }
        catch (BuilderException e) when (e.Code == ArchiveErrors.TruncatedTar)
        {
            throw new BuilderException(e.Code, $"the archive ends in the middle of '{name}'", e.Hint, inner: e);
        }
    }

    /// <summary>Layouts, and docker's and crane's archives, name files by their digest; such a name is a promise.</summary>
    private static void RequireClaimedDigest(ArchivePiece piece)
    {
        const string Blobs = "blobs/" + Digest.Algorithm + "/";
        var name = piece.Name;
        var claim = name.StartsWith(Blobs, StringComparison.Ordinal) ? Digest.Algorithm + ":" + name[Blobs.Length..]
            : name.EndsWith(".json", StringComparison.Ordinal) ? Digest.Algorithm + ":" + name[..^".json".Length]
            : name;
        if (Digest.TryParse(claim, out var claimed) && claimed != piece.Digest)
        {
            throw new BuilderException(ArchiveErrors.ContentMismatch, $"the file '{name}' of the archive hashes to {piece.Digest}");
        }
    }
}
