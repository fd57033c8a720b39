using System.Buffers;
using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Engine.Copying;
using Builder.Engine.Exporters;
using Builder.Engine.Images;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>
/// A container on its way to another store or machine (spec/containers.md): a tar of <c>container.json</c>, which is its record, and
/// <c>rootfs.tar</c>, all its files, and <c>checkpoint.tar</c>, its processes, where there are any. It does not run there until it is started
/// or restored.
/// </summary>
public sealed class ContainerBundle(BuilderStore store, TimeProvider time)
{
    private const string RecordName = "container.json";
    private const string FilesName = "rootfs.tar";
    private const string CheckpointName = "checkpoint.tar";
    private const int MaxRecord = 1 << 20;

    /// <summary>Writes the bundle; the container stands still meanwhile where the machine can freeze it.</summary>
    /// <param name="withCheckpoint">Its checkpoint goes along.</param>
    public void Export(StoredContainer container, Stream destination, bool withCheckpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(destination);
        var manifest = OciJson.ReadManifest(store.Content.ReadDocument(container.Record.Manifest));
        var platform = OciJson.ReadConfig(store.Content.ReadDocument(manifest.Config)).Platform;
        var record = ContainerStore.WriteRecord(container.Record with { Snapshot = null, IsWhole = false }, platform);

        // The size of a tar's member comes before it.
        var path = store.NewTemporaryPath();
        try
        {
            using (ContainerControl.Standstill(store, container))
            using (var view = ContainerTree.OpenView(store, container))
            {
                WriteTree(view, path, cancellationToken);
            }

            using var tar = new TarWriter(destination);
            tar.WriteEntry(EntryOf(RecordName, record.Length));
            tar.Write(record);
            WriteMember(FilesName, path, tar, cancellationToken);
            if (withCheckpoint)
            {
                using (var folder = RootDirectory.Open(container.CheckpointFolder))
                {
                    WriteTree(folder, path, cancellationToken);
                }

                WriteMember(CheckpointName, path, tar, cancellationToken);
            }

            tar.Finish();
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void WriteTree(RootDirectory tree, string path, CancellationToken cancellationToken)
    {
        using var file = File.Create(path);
        TreeTar.Write(tree, file, cancellationToken);
    }

    private static void WriteMember(string name, string path, TarWriter tar, CancellationToken cancellationToken)
    {
        using var written = File.OpenRead(path);
        tar.WriteEntry(EntryOf(name, written.Length));
        Copy(written, tar, cancellationToken);
    }

    private static TarEntry EntryOf(string name, long size) => new() { Name = System.Text.Encoding.ASCII.GetBytes(name), Kind = TarEntryKind.File, Mode = 0x1a4, Size = size };

    /// <param name="name">Null for the name that it had.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.BadArchive"/>; its name is taken.</exception>
    public async Task<StoredContainer> ImportAsync(Stream archive, string? name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(archive);
        using var tar = new TarReader(archive);
        var (record, platform) = ReadRecord(tar);
        Expect(tar, FilesName);
        var (manifest, id) = await new ImageImport(store).ImportAsync(
            new EntryStream(tar),
            new ImportRequest { Created = time.GetUtcNow(), Platform = platform, Message = $"moved with the container {record.Name}" },
            cancellationToken);
        var document = OciJson.ReadManifest(store.Content.ReadDocument(manifest));
        var config = OciJson.ReadConfig(store.Content.ReadDocument(document.Config));
        var tree = await StoredImageTree.UnpackAsync(store, new StoredImage(manifest, [], manifest, document, config), cancellationToken);
        var container = await store.Containers.CreateAsync(
            record with
            {
                Id = ContainerStore.NewId(),
                Name = ContainerCreator.CheckName(name ?? record.Name),
                Image = manifest,
                Manifest = manifest,
                ImageId = id,
            },
            tree);
        ReadCheckpoint(tar, container, cancellationToken);
        return container;
    }

    private static void ReadCheckpoint(TarReader tar, StoredContainer container, CancellationToken cancellationToken)
    {
        if (tar.Next() is not { Kind: TarEntryKind.File } entry || !entry.Name.Span.SequenceEqual(System.Text.Encoding.ASCII.GetBytes(CheckpointName)))
        {
            return;
        }

        Directory.CreateDirectory(container.CheckpointFolder);
        using var folder = RootDirectory.Open(container.CheckpointFolder);
        new ArchiveExtractor(folder, (0, 0), cancellationToken).Extract(new EntryStream(tar));
    }

    private static (ContainerRecord Record, Platform Platform) ReadRecord(TarReader tar)
    {
        var entry = Expect(tar, RecordName);
        if (entry.Size > MaxRecord)
        {
            throw Bad($"{RecordName} has {entry.Size} bytes");
        }

        var content = new byte[entry.Size];
        for (int filled = 0, count; filled < content.Length && (count = tar.Read(content.AsSpan(filled))) > 0;)
        {
            filled += count;
        }

        return ContainerStore.ReadRecord(content) ?? throw Bad($"{RecordName} is damaged");
    }

    private static TarEntry Expect(TarReader tar, string name) =>
        tar.Next() is { Kind: TarEntryKind.File } entry && entry.Name.Span.SequenceEqual(System.Text.Encoding.ASCII.GetBytes(name)) ? entry : throw Bad($"there is no {name} where it should be");

    private static BuilderException Bad(string why) =>
        new(EngineErrors.BadArchive, $"this is no container that was exported: {why}", "'builder container export' writes such files; for a tar of files there is 'builder import'");

    private static void Copy(Stream from, TarWriter tar, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            for (int count; (count = from.Read(buffer)) > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                tar.Write(buffer.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The content of the entry that a reader stands at.</summary>
    private sealed class EntryStream(TarReader tar) : Archives.ReadOnlyStream
    {
        public override int Read(Span<byte> buffer) => tar.Read(buffer);
    }
}
