using Builder.Archives.Compression;
using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Layers;
using Builder.Storage.Tests.Support;
using Builder.Testing;

namespace Builder.Storage.Tests.Layers;

/// <summary>Bits that flip in blobs: found where the blob is read, named, and replaced by what can be had again.</summary>
public sealed class HealingTests : IDisposable
{
    private readonly TestStore store = new();
    private readonly List<string> warnings = [];
    private readonly BuilderStore reader;

    public HealingTests() => reader = BuilderStore.Open(new StoreOptions { Root = store.Root, Fsync = FsyncPolicy.Never, Warn = warnings.Add });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_damaged_layer_is_fetched_again_when_it_is_unpacked(bool compressed)
    {
        var tar = new TarBuilder().File("f", new string('x', 5000)).Build();
        var packed = new MemoryStream();
        await LayerEncoder.EncodeAsync(stream => stream.Write(tar), compressed ? LayerCompression.Gzip : LayerCompression.Uncompressed, packed, null, Cancellation);
        var blob = new Descriptor(compressed ? MediaTypes.OciLayerGzip : MediaTypes.OciLayer, Digest.Of(packed.ToArray()), packed.Length);
        await reader.Content.IngestAsync(new MemoryStream(packed.ToArray()), blob.Digest, blob.Size, Cancellation);
        Flip(blob.Digest);

        var opened = 0;
        var tree = await reader.Layers.EnsureSnapshotsAsync(
            [(blob, new DiffId(Digest.Of(tar)))],
            (_, _) =>
            {
                opened++;
                return Task.FromResult<Stream>(new MemoryStream(packed.ToArray()));
            },
            null,
            Cancellation);
        Assert.Equal(1, opened);
        Assert.Single(store.Flatten(tree));
        Assert.Contains(blob.Digest.ToString(), Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Equal(packed.ToArray(), Bytes(blob.Digest));
    }

    [Fact]
    public async Task A_layer_that_was_made_here_is_made_again()
    {
        var layer = Written();
        Flip(layer.Digest);
        var error = Assert.Throws<BuilderException>(() => reader.Layers.CopyTo(layer, Stream.Null, Cancellation));
        Assert.Equal(StorageErrors.DamagedBlob, error.Code);
        Assert.Contains(layer.Digest.ToString(), error.Message, StringComparison.Ordinal);
        reader.Layers.CopyTo(layer, Stream.Null, Cancellation);

        // What goes to a place of the store's own is simply made a second time.
        Flip(layer.Digest);
        var encoded = await reader.Layers.EnsureBlobAsync(new DiffId(layer.Digest), LayerCompression.Gzip, Cancellation);
        Assert.True(reader.Content.Contains(encoded.Blob.Digest));
        Assert.Single(warnings);
    }

    [Fact]
    public async Task What_nothing_here_can_make_again_is_taken_out_to_be_fetched()
    {
        var blob = reader.Content.Put("only here"u8, MediaTypes.OciLayer);
        Flip(blob.Digest);
        Assert.Equal(StorageErrors.DamagedBlob, Assert.Throws<BuilderException>(() => reader.Layers.CopyTo(blob, Stream.Null, Cancellation)).Code);
        Assert.False(reader.Content.Contains(blob.Digest));
        await reader.Content.IngestAsync(new MemoryStream("only here"u8.ToArray()), blob.Digest, blob.Size, Cancellation);
        Assert.Equal("only here"u8.ToArray(), Bytes(blob.Digest));
    }

    [Fact]
    public async Task What_arrives_again_takes_the_place_of_what_is_damaged()
    {
        var document = reader.Content.Put("{}"u8, MediaTypes.OciManifest);
        Flip(document.Digest);
        reader.Content.Put("{}"u8, MediaTypes.OciManifest);
        Assert.Equal("{}"u8.ToArray(), reader.Content.ReadDocument(document));

        File.WriteAllText(PathOf(document.Digest), "");
        await reader.Content.IngestAsync(new MemoryStream("{}"u8.ToArray()), document.Digest, document.Size, Cancellation);
        Assert.Equal("{}"u8.ToArray(), reader.Content.ReadDocument(document));
    }

    public void Dispose()
    {
        reader.Dispose();
        store.Dispose();
    }

    private Descriptor Written()
    {
        var layer = reader.Layers.Describe(store.Run(null, "seq 1000 > f"), LayerOptions.Default, Cancellation);
        reader.Layers.Materialize(layer.DiffId, Cancellation);
        return layer.Descriptor();
    }

    private void Flip(Digest blob)
    {
        var bytes = Bytes(blob);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(PathOf(blob), bytes);
    }

    private byte[] Bytes(Digest blob) => File.ReadAllBytes(PathOf(blob));

    private string PathOf(Digest blob) => Path.Combine(store.Root, "blobs", "sha256", blob.Hex);
}
