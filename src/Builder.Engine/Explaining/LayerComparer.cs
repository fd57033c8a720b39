using System.Globalization;
using System.Security.Cryptography;
using Builder.Archives;
using Builder.Archives.Tar;
using Builder.Engine.Copying;
using Builder.Oci;
using Builder.Storage;

namespace Builder.Engine.Explaining;

/// <summary>Compares two layers file by file.</summary>
internal sealed class LayerComparer(BuilderStore store)
{
    /// <returns>The files that differ, by name; nothing when a layer's bytes are not in the store.</returns>
    public IEnumerable<ImageDifference> Compare(DiffId before, DiffId after, CancellationToken cancellationToken)
    {
        if (!store.Layers.Contains(before) || !store.Layers.Contains(after))
        {
            yield break;
        }

        var first = Read(before, cancellationToken);
        var second = Read(after, cancellationToken);
        foreach (var name in first.Keys.Union(second.Keys).Order(StringComparer.Ordinal))
        {
            var (one, other) = (first.GetValueOrDefault(name), second.GetValueOrDefault(name));
            if (one == other)
            {
                continue;
            }

            var shown = GuestPath.ToText(GuestPath.FromKey(name));
            yield return one is null || other is null
                ? new ImageDifference("file " + shown, one?.Kind, other?.Kind)
                : new ImageDifference("file " + shown, one.Without(other), other.Without(one));
        }
    }

    private SortedDictionary<string, FileFacts> Read(DiffId layer, CancellationToken cancellationToken)
    {
        var files = new SortedDictionary<string, FileFacts>(StringComparer.Ordinal);
        using var pipe = new StreamPipe();
        _ = pipe.FillAsync(stream => store.Layers.CopyTo(layer, stream, cancellationToken), cancellationToken);
        using var tar = new TarReader(pipe.Reader);
        while (tar.Next() is { } entry)
        {
            files[GuestPath.Key(entry.Name.Span)] = new FileFacts(
                entry.Kind.ToString().ToLowerInvariant(),
                Convert.ToString(entry.Mode, 8),
                string.Create(CultureInfo.InvariantCulture, $"{entry.UserId}:{entry.GroupId}"),
                DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(entry.ModifiedSeconds, 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds())).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
                entry.Size,
                entry.Kind == TarEntryKind.File ? "sha256:" + Convert.ToHexStringLower(SHA256.HashData(tar.Content))[..12] : GuestPath.ToText(entry.LinkName.Span),
                string.Join(' ', entry.Xattrs.Select(attribute => GuestPath.ToText(attribute.Name.Span) + "=" + Convert.ToHexStringLower(attribute.Value.Span))));
        }

        // Whatever follows the end of the tar has to be taken, or its writer waits for ever.
        pipe.Reader.CopyTo(Stream.Null);
        return files;
    }

    /// <summary>What a layer says of a file.</summary>
    private sealed record FileFacts(string Kind, string Mode, string Owner, string Modified, long Size, string Content, string Attributes)
    {
        /// <summary>Those of the facts that another one has otherwise.</summary>
        public string Without(FileFacts other) => string.Join(", ", new[]
        {
            Kind == other.Kind ? null : Kind,
            Mode == other.Mode ? null : "mode " + Mode,
            Owner == other.Owner ? null : "owner " + Owner,
            Modified == other.Modified ? null : "time " + Modified,
            Size == other.Size ? null : string.Create(CultureInfo.InvariantCulture, $"{Size} bytes"),
            Content == other.Content ? null : Content,
            Attributes == other.Attributes ? null : "attributes " + Attributes,
        }.OfType<string>());
    }
}
