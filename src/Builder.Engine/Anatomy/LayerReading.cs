using System.Globalization;
using System.Security.Cryptography;
using Builder.Archives;
using Builder.Archives.Tar;
using Builder.Engine.Copying;
using Builder.Oci;
using Builder.Storage;

namespace Builder.Engine.Anatomy;

/// <summary>Reads what a layer of the store says of its files.</summary>
internal static class LayerReading
{
    /// <param name="withDigests">Whether contents are compared later: then each is hashed.</param>
    /// <param name="wanted">By key, the most bytes of a file whose content is kept; null, or 0, for none.</param>
    /// <returns>The entries in the layer's order, whiteouts among them; null when the layer's bytes are not in the store.</returns>
    public static IReadOnlyList<LayerEntry>? Read(BuilderStore store, DiffId layer, bool withDigests, Func<string, int>? wanted, CancellationToken cancellationToken)
    {
        if (!store.Layers.Contains(layer))
        {
            return null;
        }

        var entries = new List<LayerEntry>();
        using var pipe = new StreamPipe();
        _ = pipe.FillAsync(stream => store.Layers.CopyTo(layer, stream, cancellationToken), cancellationToken);
        using var tar = new TarReader(pipe.Reader);
        while (tar.Next() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            entries.Add(EntryOf(entry, tar, withDigests, wanted));
        }

        // Whatever follows the end of the tar has to be taken, or its writer waits for ever.
        pipe.Reader.CopyTo(Stream.Null);
        return entries;
    }

    private static LayerEntry EntryOf(TarEntry entry, TarReader tar, bool withDigests, Func<string, int>? wanted)
    {
        var key = LayerEntry.KeyOf(entry.Name.Span);
        var isFile = entry.Kind == TarEntryKind.File;
        var content = isFile && wanted?.Invoke(key) is > 0 and var most && entry.Size <= most ? ReadAll(tar.Content, (int)entry.Size) : null;
        var facts = new FileFacts(
            entry.Kind.ToString().ToLowerInvariant(),
            Convert.ToString(entry.Mode, 8),
            string.Create(CultureInfo.InvariantCulture, $"{entry.UserId}:{entry.GroupId}"),
            DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(entry.ModifiedSeconds, 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds())).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            entry.Size,
            !isFile ? GuestPath.ToText(entry.LinkName.Span) : withDigests ? "sha256:" + Convert.ToHexStringLower(content is null ? SHA256.HashData(tar.Content) : SHA256.HashData(content))[..12] : "",
            string.Join(' ', entry.Xattrs.Select(attribute => GuestPath.ToText(attribute.Name.Span) + "=" + Convert.ToHexStringLower(attribute.Value.Span))));
        return new LayerEntry(key, facts)
        {
            LinkKey = entry.Kind == TarEntryKind.HardLink ? LayerEntry.KeyOf(entry.LinkName.Span) : null,
            Content = content,
        };
    }

    private static byte[] ReadAll(Stream content, int size)
    {
        var bytes = new byte[size];
        return bytes[..content.ReadAtLeast(bytes, size, throwOnEndOfStream: false)];
    }
}
