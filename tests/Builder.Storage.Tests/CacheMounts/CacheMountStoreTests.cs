using Builder.Diagnostics;
using Builder.Storage.CacheMounts;
using Builder.Storage.Tests.Support;

namespace Builder.Storage.Tests.CacheMounts;

public sealed class CacheMountStoreTests : IDisposable
{
    private static readonly CacheMountKey Key = new("id");
    private readonly TestStore store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private CacheMountStore Caches => store.Store.CacheMounts;

    [Fact]
    public async Task What_was_put_in_is_there_the_next_time()
    {
        using (var first = await HoldAsync(CacheMountSharing.Shared))
        {
            File.WriteAllText(Path.Combine(first.Path, "file"), "kept");
        }

        using var second = await HoldAsync(CacheMountSharing.Locked);
        Assert.Equal("kept", File.ReadAllText(Path.Combine(second.Path, "file")));
    }

    [Fact]
    public async Task Sharers_join_and_everybody_else_has_one_of_his_own()
    {
        using var first = await HoldAsync(CacheMountSharing.Shared);
        using var second = await HoldAsync(CacheMountSharing.Shared);
        using var alone = await HoldAsync(CacheMountSharing.Private);
        using var third = await HoldAsync(CacheMountSharing.Private);
        Assert.Equal(first.Path, second.Path);
        Assert.Equal(3, new[] { first.Path, alone.Path, third.Path }.Distinct().Count());
        first.Dispose();
        second.Dispose();
        using var free = await HoldAsync(CacheMountSharing.Private);
        Assert.Equal(first.Path, free.Path);
        Assert.Equal(3, Assert.Single(await Caches.ListAsync(Token)).Directories);
    }

    [Fact]
    public async Task A_sharer_does_not_wait_for_one_that_is_alone()
    {
        using var alone = await HoldAsync(CacheMountSharing.Locked);
        using var sharer = await HoldAsync(CacheMountSharing.Shared);
        Assert.NotEqual(alone.Path, sharer.Path);
    }

    [Theory]
    [InlineData(CacheMountSharing.Shared)]
    [InlineData(CacheMountSharing.Locked)]
    public async Task Locked_waits_and_says_so(CacheMountSharing holder)
    {
        var held = await HoldAsync(holder);
        var told = new TaskCompletionSource();
        var waiting = Caches.AcquireAsync(Key, CacheMountSharing.Locked, null, told.SetResult, Token);
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.False(waiting.IsCompleted);
        held.Dispose();
        using var got = await waiting.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal(held.Path, got.Path);
    }

    [Fact]
    public async Task Waiting_can_be_given_up()
    {
        using var held = await HoldAsync(CacheMountSharing.Locked);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var waiting = Caches.AcquireAsync(Key, CacheMountSharing.Locked, null, giveUp.Cancel, giveUp.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task First_content_is_put_in_once()
    {
        var times = 0;
        void Fill(string folder)
        {
            times++;
            File.WriteAllText(Path.Combine(folder, "first"), "content");
        }

        for (var i = 0; i < 2; i++)
        {
            using var lease = await Caches.AcquireAsync(Key with { Origin = "x" }, CacheMountSharing.Shared, Fill, null, Token);
            Assert.Equal("content", File.ReadAllText(Path.Combine(lease.Path, "first")));
        }

        Assert.Equal(1, times);
    }

    [Fact]
    public async Task A_failure_while_it_is_filled_leaves_no_cache()
    {
        await Assert.ThrowsAsync<IOException>(() => Caches.AcquireAsync(Key, CacheMountSharing.Shared, _ => throw new IOException(), null, Token));
        Assert.Empty(await Caches.ListAsync(Token));
    }

    [Fact]
    public async Task Many_at_once_never_have_one_directory_alone_together()
    {
        var inside = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 40), Token, async (i, token) =>
        {
            using var lease = await Caches.AcquireAsync(Key, i % 2 == 0 ? CacheMountSharing.Locked : CacheMountSharing.Private, null, null, token);
            Assert.True(inside.TryAdd(lease.Path, true), "two were alone in " + lease.Path);
            await Task.Yield();
            Assert.True(inside.TryRemove(lease.Path, out _));
        });
    }

    /// <summary>CVE-2024-9675: an id is no path.</summary>
    [Theory]
    [InlineData("../../../etc")]
    [InlineData("/etc")]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task An_id_can_be_any_text(string id)
    {
        using var lease = await Caches.AcquireAsync(new CacheMountKey(id), CacheMountSharing.Shared, null, null, Token);
        Assert.StartsWith(Path.Combine(store.Root, "mounts-cache") + "/", lease.Path, StringComparison.Ordinal);
        Assert.Equal(id, Assert.Single(await Caches.ListAsync(Token)).Key.Id);
        using var longer = await Caches.AcquireAsync(new CacheMountKey(new string('x', 300)), CacheMountSharing.Shared, null, null, Token);
        Assert.NotEqual(lease.Path, longer.Path);
    }

    [Fact]
    public async Task What_is_in_use_is_not_removed_and_what_is_not_is_gone()
    {
        var lease = await HoldAsync(CacheMountSharing.Shared);
        File.WriteAllText(Path.Combine(lease.Path, "file"), "12345");
        var info = Assert.Single(await Caches.ListAsync(Token));
        Assert.True(info.InUse);
        Assert.Equal(new CacheMountUsage(1, 5), Caches.Measure(info));
        Assert.Equal(StorageErrors.CacheMountInUse, (await Assert.ThrowsAsync<BuilderException>(() => Caches.RemoveAsync(info, Token))).Code);
        lease.Dispose();
        Assert.False(Assert.Single(await Caches.ListAsync(Token)).InUse);
        await Caches.RemoveAsync(info, Token);
        Assert.Empty(await Caches.ListAsync(Token));
        Assert.False(Directory.Exists(lease.Path));
        using var anew = await HoldAsync(CacheMountSharing.Shared);
        Assert.Empty(Directory.GetFileSystemEntries(anew.Path));
    }

    public void Dispose() => store.Dispose();

    private Task<CacheMountLease> HoldAsync(CacheMountSharing sharing) => Caches.AcquireAsync(Key, sharing, null, null, Token);
}
