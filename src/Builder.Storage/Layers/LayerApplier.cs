using Builder.Archives.Tar;
using Builder.Linux;
using Builder.Linux.Files;

namespace Builder.Storage.Layers;

/// <summary>What unpacking a layer came to.</summary>
/// <param name="SetsRoot">The layer says what the root directory itself looks like.</param>
internal sealed record UnpackedLayer(int EntryCount, bool SetsRoot, IReadOnlyList<string> Notes);

/// <summary>
/// Unpacks a layer's tar into an empty folder in the form that overlayfs stacks. The archive is hostile: names are taken
/// apart and walked from the folder's descriptor, the last one is never followed, devices that would be whiteouts and
/// attributes that steer overlayfs are refused.
/// </summary>
/// <remarks>
/// Device nodes cannot be made in a user namespace; they are left out with a note, since containers get their /dev from
/// elsewhere. Sockets are not part of the format.
/// </remarks>
internal sealed partial class LayerApplier : IDisposable
{
    private readonly DirectoryHandle target;
    private readonly OverlayMarks marks;
    private readonly DirectoryTimes times = new();
    private readonly UnpackingPath path;
    private readonly LayerNotes notes = new();
    private readonly byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferSize);
    private readonly int maxEntries;
    private bool setsRoot;

    /// <param name="target">The empty folder.</param>
    /// <param name="lower">The merged view of the layers below, when they are known.</param>
    /// <param name="knowledge">What is known of the layers below.</param>
    internal LayerApplier(DirectoryHandle target, DirectoryHandle? lower, LowerKnowledge knowledge, OverlayMarks marks, int maxEntries)
    {
        this.target = target;
        this.marks = marks;
        this.maxEntries = maxEntries;
        path = new UnpackingPath(new UnpackedDirectory(target.Duplicate(), lower?.Duplicate(), knowledge), marks, times);
    }

    /// <exception cref="Diagnostics.BuilderException">A tar that is broken, or must not be unpacked; a full disk.</exception>
    /// <exception cref="LowerNeededException">The layers below are unknown and this one refers to them.</exception>
    internal UnpackedLayer Apply(TarReader tar, CancellationToken cancellationToken)
    {
        var count = 0;
        while (tar.Next() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++count > maxEntries)
            {
                throw new Diagnostics.BuilderException(StorageErrors.InvalidLayer, $"the layer has more than the {maxEntries} entries allowed");
            }

            try
            {
                Apply(entry, tar, cancellationToken);
            }
            catch (LinuxException e)
            {
                throw LayerErrors.OfEntry(entry.Name.Span, e);
            }
        }

        times.Apply(target);
        return new UnpackedLayer(count, setsRoot, notes.ToList());
    }

    public void Dispose()
    {
        path.Dispose();
        System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Apply(TarEntry entry, TarReader tar, CancellationToken cancellationToken)
    {
        RequireOwner(entry);
        var names = EntryPath.Split(entry.Name.Span);
        if (names.Count == 0)
        {
            ApplyRoot(entry);
            return;
        }

        var name = names[^1];
        names.RemoveAt(names.Count - 1);
        if (names.Exists(parent => WhiteoutName.IsReserved(parent)))
        {
            // The inside of aufs' own folders; anything else under a whiteout makes no sense.
            if (!names.Exists(parent => parent.AsSpan().StartsWith(WhiteoutName.MetadataPrefix)))
            {
                throw LayerErrors.Invalid(entry.Name.Span, "is inside a whiteout");
            }

            return;
        }

        if (WhiteoutName.IsReserved(name))
        {
            ApplyWhiteout(entry, names, name);
        }
        else if (entry.Kind == TarEntryKind.HardLink)
        {
            ApplyHardLink(entry, names, name);
        }
        else
        {
            path.Enter(names);
            Make(entry, name, tar, cancellationToken);
        }
    }

    private void ApplyRoot(TarEntry entry)
    {
        if (entry.Kind != TarEntryKind.Directory)
        {
            throw LayerErrors.Invalid(entry.Name.Span, "would replace the root");
        }

        setsRoot = true;
        path.Enter([]);
        SetDirectoryMetadata(entry, DirectoryHandle.Self.ToArray(), []);
    }

    private static void RequireOwner(TarEntry entry)
    {
        // The last id means "leave it as it is" to chown(2).
        if (entry.UserId is < 0 or >= uint.MaxValue || entry.GroupId is < 0 or >= uint.MaxValue)
        {
            throw LayerErrors.Invalid(entry.Name.Span, $"belongs to {entry.UserId}:{entry.GroupId}, which are no ids");
        }
    }

    private void Note(TarEntry entry, string what) => notes.Add(entry.Name.Span, what);
}
