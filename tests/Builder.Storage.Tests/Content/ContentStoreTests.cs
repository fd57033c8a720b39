using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Tests.Support;

namespace Builder.Storage.Tests.Content;

public sealed class ContentStoreTests : IDisposable
{
    private readonly TestStore store = new();

    [Fact]
    public async Task What_is_ingested_can_be_read()
    {
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        var (digest, size) = await store.Store.Content.IngestAsync(new MemoryStream(bytes), null, null, TestContext.Current.CancellationToken);
        Assert.Equal((Digest.Of(bytes), bytes.Length), (digest, size));
        await using var stream = store.Store.Content.OpenRead(digest);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);
        Assert.Equal(bytes, copy.ToArray());
        Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(store.Root, "blobs", "sha256", digest.Hex)));
    }

    [Theory]
    [InlineData("other", null)]
    [InlineData("content", 6L)]
    [InlineData("content", 8L)]
    public async Task Content_that_is_not_what_was_expected_is_not_stored(string expected, long? size)
    {
        var error = await Assert.ThrowsAsync<BuilderException>(() =>
            store.Store.Content.IngestAsync(new MemoryStream("content"u8.ToArray()), Digest.OfText(expected), size, CancellationToken.None));
        Assert.Equal(StorageErrors.Mismatch, error.Code);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(store.Root, "blobs", "sha256")));
    }

    [Fact]
    public async Task An_ingest_that_breaks_off_leaves_nothing_and_can_be_repeated()
    {
        await Assert.ThrowsAsync<IOException>(() => store.Store.Content.IngestAsync(new BreakingStream(), null, null, CancellationToken.None));
        Assert.All(Directory.EnumerateFiles(Path.Combine(store.Root, "tmp"), "*", SearchOption.AllDirectories), path => Assert.EndsWith(".lock", path));
        var (digest, _) = await store.Store.Content.IngestAsync(new MemoryStream("content"u8.ToArray()), Digest.OfText("content"), 7, TestContext.Current.CancellationToken);
        Assert.True(store.Store.Content.Contains(digest));
    }

    [Fact]
    public void A_document_is_verified_each_time_it_is_read()
    {
        var descriptor = store.Store.Content.Put("{}"u8, MediaTypes.OciConfig);
        Assert.Equal("{}"u8, store.Store.Content.ReadDocument(descriptor));
        File.WriteAllText(Path.Combine(store.Root, "blobs", "sha256", descriptor.Digest.Hex), "[]");
        Assert.Equal(StorageErrors.Corrupt, Assert.Throws<BuilderException>(() => store.Store.Content.ReadDocument(descriptor)).Code);
    }

    [Fact]
    public void What_is_not_here_is_missing()
    {
        var digest = Digest.OfText("nothing");
        Assert.False(store.Store.Content.Contains(digest));
        Assert.Null(store.Store.Content.TryOpenRead(digest));
        Assert.Equal(StorageErrors.Missing, Assert.Throws<BuilderException>(() => store.Store.Content.OpenRead(digest)).Code);
    }

    [Fact]
    public async Task Two_writers_of_one_blob_agree()
    {
        var bytes = new byte[1_000_000];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            store.Store.Content.IngestAsync(new MemoryStream(bytes), Digest.Of(bytes), bytes.Length, CancellationToken.None))));
        Assert.Equal(bytes.Length, store.Store.Content.SizeOf(Digest.Of(bytes)));
    }

    public void Dispose() => store.Dispose();

    private sealed class BreakingStream : Archives.ReadOnlyStream
    {
        private int reads;

        public override int Read(Span<byte> buffer) => reads++ == 0 ? buffer.Length : throw new IOException("the network went away");
    }
}
