using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Builder.Dockerfile.Ignore;
using Builder.Graph.Operations;
using Builder.Linux.Files;
using Builder.Oci;
using Microsoft.Win32.SafeHandles;

namespace Builder.Engine.Copying;

/// <summary>
/// The digest of what a copy selects: names, types, modes, links, attributes and bytes; owners only where they are
/// kept; never times (spec/cache-keys.md). Two selections of equal digest give the same copy.
/// </summary>
internal sealed class ContentDigester : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash contentHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Dictionary<(ulong, ulong), int> firstNames = [];
    private ContentNotes? notes;
    private int entries;

    /// <exception cref="Diagnostics.BuilderException"><see cref="EngineErrors.SourceNotFound"/>.</exception>
    /// <param name="parents">Whether the directories above what is selected are copied too.</param>
    /// <param name="notes">Gets a note of everything that went into the digest; null when nobody will ask.</param>
    public static Digest Of(
        SourceTree tree, IEnumerable<CopySource> sources, bool parents, IReadOnlyList<string> excludes, CancellationToken cancellationToken, ContentNotes? notes = null)
    {
        using var digester = new ContentDigester { notes = notes };
        foreach (var source in sources)
        {
            if (parents)
            {
                digester.AddWithParents(tree, source.Path, excludes, cancellationToken);
            }
            else
            {
                digester.AddSource(tree, source, excludes, cancellationToken);
            }

            // Where one source ends and the next begins is part of what is copied where.
            digester.Add("end of source"u8);
        }

        return digester.Finish();
    }

    /// <summary>The digest of what mounts show: each path, and when it is a directory everything in it.</summary>
    /// <exception cref="Diagnostics.BuilderException"><see cref="EngineErrors.SourceNotFound"/>.</exception>
    public static Digest OfPlaces(SourceTree tree, IEnumerable<string> paths, CancellationToken cancellationToken, ContentNotes? notes = null)
    {
        using var digester = new ContentDigester { notes = notes };
        foreach (var path in paths)
        {
            var selected = SourceSelector.SelectPlace(tree, path);
            digester.AddFollowed(tree, selected);
            if (selected.IsDirectory)
            {
                digester.AddDirectory(tree, selected, [], cancellationToken);
            }

            digester.Add("end of source"u8);
        }

        return digester.Finish();
    }

    public void Dispose()
    {
        hash.Dispose();
        contentHash.Dispose();
    }

    private void AddSource(SourceTree tree, CopySource source, IReadOnlyList<string> excludes, CancellationToken cancellationToken)
    {
        foreach (var selected in SourceSelector.Select(tree, source.Path, source.IsPattern))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (selected.IsDirectory)
            {
                AddDirectory(tree, selected, excludes, cancellationToken);
            }
            else
            {
                Add("file"u8);
                Add(selected.Name);
                AddFollowed(tree, selected);
            }
        }
    }

    private void AddWithParents(SourceTree tree, string source, IReadOnlyList<string> excludes, CancellationToken cancellationToken)
    {
        foreach (var kept in ParentsSelector.Select(tree, source, excludes))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var path in kept.Steps())
            {
                using var directory = tree.Root.OpenParent(path, out var name);
                AddEntry(tree, new TreeEntry(directory, name, path[kept.Pivot..], 0, directory.Lstat(name)), path[..kept.Pivot]);
            }

            if (kept.IsDirectory)
            {
                Add("directory"u8);
                AddBelow(tree, kept.Path, WalkOf(tree, kept, excludes), cancellationToken);
            }
        }
    }

    private void AddDirectory(SourceTree tree, SelectedSource selected, IReadOnlyList<string> excludes, CancellationToken cancellationToken)
    {
        Add("directory"u8);
        AddBelow(tree, selected.Path, WalkOf(tree, selected, excludes), cancellationToken);
    }

    private void AddBelow(SourceTree tree, byte[] path, TreeWalk walk, CancellationToken cancellationToken)
    {
        using var top = ReadableFiles.OpenDirectory(tree.Root, path);
        foreach (var entry in walk.Below(top))
        {
            cancellationToken.ThrowIfCancellationRequested();
            AddEntry(tree, entry, path);
        }
    }

    /// <param name="top">The directory from which the entry's path starts.</param>
    private void AddEntry(SourceTree tree, in TreeEntry entry, byte[] top)
    {
        if (entry.Status.Type == FileType.Socket)
        {
            return;
        }

        Add("entry"u8);
        Add(entry.Path);
        AddStatus(entry.Status, tree);
        if (entry.Status.Type != FileType.Regular)
        {
            AddXattrs(entry.Directory, entry.Name);
        }

        var content = default(ulong);
        switch (entry.Status.Type)
        {
            case FileType.Regular:
                content = AddFile(tree, entry, top);
                break;
            case FileType.SymbolicLink:
                var target = entry.Directory.ReadLink(entry.Name);
                content = FileMark.OfLink(target);
                Add(target);
                break;
        }

        notes?.Add(new FileMark(GuestPath.Join(top, entry.Path), entry.Status.Type, tree.ModeOf(entry.Status), content), entry.Status);
    }

    internal static TreeWalk WalkOf(SourceTree tree, SelectedSource selected, IReadOnlyList<string> excludes)
    {
        var prefix = GuestPath.ToText(selected.Path);
        return new TreeWalk(
            tree.Ignore,
            prefix.Length == 0 ? "" : prefix + "/",
            excludes.Count == 0 ? null : IgnorePatternSet.Create(excludes));
    }

    /// <summary>With parents, exclusions are meant from the tree's root, as the sources are.</summary>
    internal static TreeWalk WalkOf(SourceTree tree, KeptSource kept, IReadOnlyList<string> excludes)
    {
        var prefix = GuestPath.ToText(kept.Path) + "/";
        return new TreeWalk(tree.Ignore, prefix, excludes.Count == 0 ? null : IgnorePatternSet.Create(excludes), prefix);
    }

    private void AddFollowed(SourceTree tree, SelectedSource selected)
    {
        AddStatus(selected.Status, tree);
        using var parent = tree.Root.OpenParent(selected.Path, out var name);
        var content = default(ulong);
        if (selected.Status.Type == FileType.Regular)
        {
            content = AddFile(tree, new TreeEntry(parent, name, selected.Path, 0, selected.Status), []);
        }
        else
        {
            AddXattrs(parent, name);
        }

        notes?.Add(new FileMark(selected.Path, selected.Status.Type, tree.ModeOf(selected.Status), content), selected.Status);
    }

    private void AddStatus(in FileStatus status, SourceTree tree)
    {
        Span<byte> fields = stackalloc byte[24];
        fields.Clear();
        fields[0] = (byte)status.Type;
        BinaryPrimitives.WriteUInt32LittleEndian(fields[4..], status.Type == FileType.SymbolicLink ? 0 : tree.ModeOf(status));
        BinaryPrimitives.WriteUInt32LittleEndian(fields[8..], tree.OwnedByRoot ? 0 : status.UserId);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[12..], tree.OwnedByRoot ? 0 : status.GroupId);
        if (status.Type is FileType.CharacterDevice or FileType.BlockDevice)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(fields[16..], status.DeviceMajor);
            BinaryPrimitives.WriteUInt32LittleEndian(fields[20..], status.DeviceMinor);
        }

        hash.AppendData(fields);
        AddLink(status);
    }

    /// <summary>Names of one file stay names of one file in the copy, so a later name says which entry the first one was.</summary>
    private void AddLink(in FileStatus status)
    {
        entries++;
        if (status is { Links: > 1, Type: not FileType.Directory } && !firstNames.TryAdd((status.FileSystem, status.Inode), entries))
        {
            Add("link"u8);
            Span<byte> first = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(first, firstNames[(status.FileSystem, status.Inode)]);
            Add(first);
        }
    }

    /// <returns>Whether there were any.</returns>
    private bool AddXattrs(DirectoryHandle directory, byte[] name)
    {
        var any = false;
        foreach (var attribute in CopiedXattrs.Of(directory, name))
        {
            any = true;
            Add("attribute"u8);
            Add(attribute);
            Add(directory.GetXattr(name, attribute) ?? []);
        }

        return any;
    }

    /// <summary>Adds a file's attributes and the digest of its bytes, and gives the beginning of that. A file that nobody touched since an earlier build is not read again.</summary>
    private ulong AddFile(SourceTree tree, in TreeEntry entry, byte[] top)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        if (tree.Scan?.Find(entry.Status) is { } known)
        {
            if (known.HasXattrs)
            {
                AddXattrs(entry.Directory, entry.Name);
            }

            known.Content.CopyTo(digest);
        }
        else
        {
            var hasXattrs = AddXattrs(entry.Directory, entry.Name);
            using var file = ReadableFiles.OpenFile(entry.Directory, entry.Name, top, entry.Path);
            HashContent(file, digest);
            tree.Scan?.Remember(entry.Status, digest, hasXattrs);
        }

        Add(digest);
        return BinaryPrimitives.ReadUInt64BigEndian(digest);
    }

    private void HashContent(SafeFileHandle file, Span<byte> digest)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            long offset = 0;
            for (int count; (count = RandomAccess.Read(file, buffer, offset)) > 0; offset += count)
            {
                contentHash.AppendData(buffer, 0, count);
            }

            contentHash.GetHashAndReset(digest);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A field of varying length, with the length in front so that no two lists of fields look alike.</summary>
    private void Add(ReadOnlySpan<byte> field)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, field.Length);
        hash.AppendData(length);
        hash.AppendData(field);
    }

    private Digest Finish()
    {
        Span<byte> result = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(result);
        return Digest.FromHash(result);
    }
}
