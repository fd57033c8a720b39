using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Content;
using Builder.Storage.Tests.Support;
using CsCheck;

namespace Builder.Storage.Tests.Content;

/// <summary>Blobs that arrive in pieces and over several runs.</summary>
public sealed class PartialBlobTests : IDisposable
{
    private static readonly byte[] Bytes = Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31 >> 3)).ToArray();
    private static readonly Descriptor Blob = new(MediaTypes.OciLayer, Digest.Of(Bytes), Bytes.Length);
    private readonly TestStore store = new();

    private ContentStore Content => store.Store.Content;

    public void Dispose() => store.Dispose();

    [Fact]
    public void What_arrived_in_one_run_is_there_in_the_next()
    {
        using (var first = Content.OpenPartial(Blob))
        {
            Assert.Equal([(0L, 300_000L)], first.Missing);
            first.Write(0, Bytes.AsSpan(0, 100));
            first.Write(200_000, Bytes.AsSpan(200_000, 50_000));
        }

        using var second = Content.OpenPartial(Blob);
        Assert.Equal([(100L, 200_000L), (250_000L, 300_000L)], second.Missing);
        second.Write(250_000, Bytes.AsSpan(250_000));
        second.Write(100, Bytes.AsSpan(100, 199_900));
        Assert.Equal(Blob.Digest, second.Hash(TestContext.Current.CancellationToken));
        second.Commit();
        second.Dispose();
        Assert.Equal(Bytes.Length, Content.SizeOf(Blob.Digest));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(store.Root, "partial")));
    }

    [Fact]
    public void Pieces_in_any_order_make_the_blob() =>
        Gen.Shuffle(Enumerable.Range(0, 30).ToArray()).Sample(
            order =>
            {
                using var partial = Content.OpenPartial(Blob);
                partial.Reset();
                foreach (var piece in order)
                {
                    partial.Write(piece * 10_000, Bytes.AsSpan(piece * 10_000, 10_000));
                }

                return partial.Missing.Count == 0 && partial.Hash(CancellationToken.None) == Blob.Digest;
            },
            iter: 20,
            threads: 1);

    [Fact]
    public void What_is_incomplete_or_wrong_does_not_become_visible()
    {
        using var partial = Content.OpenPartial(Blob);
        partial.Write(0, Bytes.AsSpan(0, 10));
        Assert.Equal(StorageErrors.Mismatch, Assert.Throws<BuilderException>(partial.Commit).Code);
        partial.Write(0, new byte[Bytes.Length]);
        Assert.Equal(StorageErrors.Mismatch, Assert.Throws<BuilderException>(partial.Commit).Code);
        Assert.False(Content.Contains(Blob.Digest));
        Assert.Throws<BuilderException>(() => partial.Write(299_999, new byte[2]));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("0-400000\n")]
    [InlineData("5-5\n")]
    public void A_note_that_nobody_wrote_is_not_believed(string note)
    {
        using (var first = Content.OpenPartial(Blob))
        {
            first.Write(0, Bytes.AsSpan(0, 1000));
        }

        File.WriteAllText(Path.Combine(store.Root, "partial", Blob.Digest.Hex + ".note"), note);
        using var second = Content.OpenPartial(Blob);
        Assert.Equal([(0L, 300_000L)], second.Missing);
    }

    [Fact]
    public void Two_at_the_same_blob_do_not_disturb_each_other()
    {
        using var first = Content.OpenPartial(Blob);
        first.Write(0, Bytes.AsSpan(0, 1000));
        using (var second = Content.OpenPartial(Blob))
        {
            Assert.Equal([(0L, 300_000L)], second.Missing);
            second.Write(0, Bytes);
            second.Commit();
        }

        first.Write(1000, Bytes.AsSpan(1000));
        first.Commit();
        Assert.True(Content.Contains(Blob.Digest));
    }
}
