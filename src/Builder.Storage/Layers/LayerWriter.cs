using System.Runtime.CompilerServices;
using Builder.Diagnostics;
using Builder.Linux.Files;

namespace Builder.Storage.Layers;

/// <summary>
/// Writes what a snapshot changed as a layer's tar (OCI image-spec, layer.md). It walks the upper folder and the merged
/// view of what is below side by side, by descriptors, and records only what a reader could not take from below: the same
/// tree over the same base gives the same bytes.
/// </summary>
/// <remarks>
/// In each directory whiteouts come first, then names by their bytes; directories before what is in them. A directory is
/// recorded when it is new, when its mode, owner or attributes changed, or when something below it is recorded: its
/// modification time alone is no change. The root itself is never recorded.
/// </remarks>
internal sealed class LayerWriter
{
    private readonly OverlayMarks marks;
    private readonly LayerEntries entries;
    private readonly CancellationToken cancellationToken;

    // Of trees that are compared whole; null for an overlay's upper folder, where a file has several names only if the step
    // made them.
    private readonly (LinkGroups Upper, LinkGroups Lower)? links;

    private LayerWriter(OverlayMarks marks, LayerEntries entries, (LinkGroups Upper, LinkGroups Lower)? links, CancellationToken cancellationToken)
    {
        this.links = links;
        this.marks = marks;
        this.entries = entries;
        this.cancellationToken = cancellationToken;
    }

    /// <param name="upper">The folder that overlayfs wrote to, no longer mounted.</param>
    /// <param name="lower">The root of the merged view below.</param>
    internal static LayerTally Write(
        DirectoryHandle upper,
        DirectoryHandle lower,
        OverlayMarks marks,
        LayerOptions options,
        Stream destination,
        CancellationToken cancellationToken)
    {
        using var entries = new LayerEntries(destination, options, cancellationToken);
        new LayerWriter(marks, entries, null, cancellationToken).WalkDirectory(upper, lower, hidesLower: false);
        return entries.Finish();
    }

    /// <summary>The same for two whole trees: what is in the lower and not in the upper one is gone.</summary>
    internal static LayerTally WriteDifference(
        DirectoryHandle upper,
        DirectoryHandle lower,
        OverlayMarks marks,
        LayerOptions options,
        Stream destination,
        CancellationToken cancellationToken)
    {
        using var entries = new LayerEntries(destination, options, cancellationToken);
        var links = (LinkGroups.Of(upper, cancellationToken), LinkGroups.Of(lower, cancellationToken));
        new LayerWriter(marks, entries, links, cancellationToken).WalkDirectory(upper, lower, hidesLower: true);
        return entries.Finish();
    }

    /// <param name="lower">The directory of the same path below; null when there is none.</param>
    /// <param name="hidesLower">This directory or one above is opaque: what is below shows only where it is said again.</param>
    private void WalkDirectory(DirectoryHandle upper, DirectoryHandle? lower, bool hidesLower)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var present = new List<LayerFile>();
        var gone = new List<byte[]>();
        foreach (var item in upper.ReadSorted())
        {
            var status = upper.Lstat(item.Name);
            var xattrs = upper.ListXattrs(item.Name);
            if (marks.IsWhiteout(status, xattrs))
            {
                gone.Add(item.Name);
                continue;
            }

            Refuse(item.Name, xattrs);
            present.Add(new LayerFile(upper, item.Name, status, xattrs));
        }

        if (lower is not null)
        {
            foreach (var name in hidesLower ? NamesMissingAbove(lower, present) : gone.Where(name => LowerStatus(lower, name) is not null))
            {
                entries.WriteWhiteout(name);
            }
        }

        foreach (var file in present)
        {
            WriteFile(file, lower, hidesLower);
        }
    }

    private void WriteFile(LayerFile file, DirectoryHandle? lower, bool hidesLower)
    {
        var below = lower is null || LowerStatus(lower, file.Name) is not { } status
            ? null
            : new LayerFile(lower, file.Name, status, lower.ListXattrs(file.Name));
        switch (file.Status.Type)
        {
            case FileType.Directory:
                WriteDirectory(file, below, hidesLower);
                break;
            case FileType.Socket:
                entries.Note(file.Name, "is a socket, which a layer cannot hold");
                break;
            default:
                if (below is null || LinksDiffer(file.Status, below.Status) || LayerComparison.Differs(file, below, cancellationToken))
                {
                    entries.WriteFile(file);
                }

                break;
        }
    }

    private void WriteDirectory(LayerFile file, LayerFile? below, bool hidesLower)
    {
        RequireStack();
        using var upper = file.Directory.OpenDirectory(file.Name);
        using var lower = below?.Status.Type == FileType.Directory ? below.Directory.OpenDirectory(below.Name) : null;
        entries.Enter(file);
        if (lower is null || LayerComparison.Differs(file, below!, cancellationToken))
        {
            entries.WriteEnteredDirectories();
        }

        WalkDirectory(upper, lower, hidesLower || marks.IsOpaque(file.Directory, file.Name));
        entries.Leave();
    }

    /// <summary>A copied-up file has one name; more than one means that the step linked it, and the pair has to be told.</summary>
    private bool LinksDiffer(in FileStatus file, in FileStatus below) =>
        links is { } groups ? !groups.Upper.Same(file, groups.Lower, below) : file.Links > 1;

    private static IEnumerable<byte[]> NamesMissingAbove(DirectoryHandle lower, List<LayerFile> present)
    {
        var next = 0;
        foreach (var item in lower.ReadSorted())
        {
            var order = -1;
            while (next < present.Count && (order = present[next].Name.AsSpan().SequenceCompareTo(item.Name)) < 0)
            {
                next++;
            }

            if ((next == present.Count || order != 0) && LowerStatus(lower, item.Name) is not null)
            {
                yield return item.Name;
            }
        }
    }

    /// <summary>A view of a single folder is that folder itself, where a whiteout still looks like a device.</summary>
    private static FileStatus? LowerStatus(DirectoryHandle lower, byte[] name) =>
        lower.TryLstat(name) is { IsWhiteoutDevice: false } status ? status : null;

    private void Refuse(byte[] name, IReadOnlyList<byte[]> xattrs)
    {
        if (WhiteoutName.IsReserved(name))
        {
            throw new BuilderException(
                StorageErrors.ReservedName,
                $"'/{entries.PathOf(name)}' cannot be part of a layer: names that begin with '.wh.' mean deleted files there",
                "remove or rename the file in the same step");
        }

        if (marks.RefersToLower(xattrs))
        {
            throw new BuilderException(
                StorageErrors.Corrupt,
                $"/{entries.PathOf(name)} refers to data in a lower folder, although overlayfs was mounted without redirect_dir and metacopy");
        }
    }

    private static void RequireStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new BuilderException(StorageErrors.InvalidLayer, "the step left directories nested too deeply for a layer");
        }
    }
}
