using System.Security.Cryptography;
using Builder.Archives.Compression;
using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Archives.Estargz;

/// <summary>
/// Makes an estargz blob of a layer's tar: ordinary gzip whose members begin where files' contents do, so that a lazy reader
/// fetches single files; a table of contents behind the tar; a footer that finds it. The tar itself stays as it is, byte for
/// byte, and ends before the table, so that no file is added to the image; the diff ID does change, as the table is part of
/// what is hashed.
/// </summary>
internal static class EstargzWriter
{
    /// <summary>Contents are cut into pieces of this size, each a member; part of the output's identity.</summary>
    internal const int ChunkSize = 4 * 1024 * 1024;

    /// <summary>Headers alone do not make a member longer than this, for the sake of memory.</summary>
    private const int MaxHeaderRun = 1024 * 1024;

    internal static EncodedLayer Write(Stream tarStream, Stream destination, int level, int? parallelism, CancellationToken cancellationToken)
    {
        var entries = new List<TocEntry>();
        using var members = new GzipMembers(destination, level, Math.Max(1, parallelism ?? Environment.ProcessorCount));
        using var hashing = new HashingStream(tarStream);
        var raw = new RawTar(hashing);
        using (var tar = new TarReader(raw))
        {
            while (tar.Next() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                raw.TakeTo(tar.Position, members.Append);
                AddEntry(entry, tar, raw, members, entries);
                if (members.PendingLength > MaxHeaderRun)
                {
                    members.Cut(null);
                }
            }

            AppendRest(raw, members, cancellationToken);
        }

        return Finish(entries, members, hashing, destination);
    }

    private static void AddEntry(TarEntry entry, TarReader tar, RawTar raw, GzipMembers members, List<TocEntry> entries)
    {
        var first = TocEntry.Of(entry);
        if (entry.Kind != TarEntryKind.File || entry.Size == 0)
        {
            entries.Add(entry.Kind == TarEntryKind.File ? first with { Digest = Digest.Of([]).ToString() } : first);
            return;
        }

        var contentStart = tar.Position;
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[Math.Min(ChunkSize, entry.Size)];
        for (long offset = 0; offset < entry.Size;)
        {
            var chunk = buffer.AsSpan(0, (int)Math.Min(ChunkSize, entry.Size - offset));
            tar.Content.ReadExactly(chunk);
            whole.AppendData(chunk);
            var isLast = offset + chunk.Length == entry.Size;
            var piece = (offset == 0 ? first : new TocEntry { Name = first.Name, Type = "chunk" }) with
            {
                ChunkOffset = offset,
                ChunkSize = isLast ? 0 : chunk.Length,
                ChunkDigest = Digest.Of(chunk).ToString(),
            };
            entries.Add(piece);
            members.Cut(place => piece.Offset = place);
            raw.TakeTo(tar.Position, members.Append);
            first = offset == 0 ? piece : first;
            offset += chunk.Length;
        }

        if (tar.Position - contentStart != entry.Size)
        {
            throw new BuilderException(
                ArchiveErrors.Unrepresentable,
                $"'{Printable.Text(entry.Name.Span)}' is stored as a sparse file, which an estargz layer cannot hold",
                "use another compression for this image");
        }

        first.Digest = Digest.FromHash(whole.GetHashAndReset()).ToString();
    }

    /// <summary>The end-of-archive blocks and whatever follows them.</summary>
    private static void AppendRest(RawTar raw, GzipMembers members, CancellationToken cancellationToken)
    {
        raw.TakeAll(members.Append);
        var buffer = new byte[MaxHeaderRun];
        while (raw.Read(buffer) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            raw.TakeAll(members.Append);
            if (members.PendingLength > MaxHeaderRun)
            {
                members.Cut(null);
            }
        }
    }

    private static EncodedLayer Finish(List<TocEntry> entries, GzipMembers members, HashingStream hashing, Stream destination)
    {
        members.Finish();
        var tocOffset = members.Position;
        var toc = new Toc(1, entries).ToJson();
        using var table = new MemoryStream();
        using (var tar = new TarWriter(table))
        {
            tar.WriteEntry(new TarEntry { Name = Toc.FileName.ToArray(), Kind = TarEntryKind.File, Size = toc.Length });
            tar.Write(toc);
            tar.Finish();
        }

        var bytes = table.GetBuffer().AsSpan(0, (int)table.Length);
        hashing.Note(bytes);
        members.Append(bytes);
        members.Finish();
        destination.Write(EstargzFooter.Write(tocOffset));
        return new EncodedLayer(new DiffId(hashing.Finish()), new Dictionary<string, string>
        {
            [AnnotationKeys.EstargzToc] = Digest.Of(toc).ToString(),
            [AnnotationKeys.EstargzUncompressedSize] = hashing.Count.ToString(System.Globalization.CultureInfo.InvariantCulture),
        });
    }
}
