using Builder.Engine.Images;
using Builder.Engine.Pulling;
using Builder.Oci;
using Builder.Registry;
using Builder.Storage;
using Builder.Testing;
using Builder.Testing.Registries;

namespace Builder.Engine.Tests.Images;

/// <summary>What the name behind FROM means.</summary>
public sealed class BaseImagesTests : IAsyncDisposable
{
    private static readonly Platform Amd64 = new("amd64", "linux");
    private readonly TestRegistry registry = new();
    private readonly RegistryClient client = new(new RegistryOptions { FirstPause = TimeSpan.FromMilliseconds(1), Jitter = () => 0 });
    private readonly TemporaryFolder folder = new();
    private readonly BuilderStore store;

    public BaseImagesTests() => store = BuilderStore.Open(new StoreOptions { Root = folder["store"], Fsync = FsyncPolicy.Never });

    public async ValueTask DisposeAsync()
    {
        store.Dispose();
        client.Dispose();
        await registry.DisposeAsync();
        folder.Dispose();
    }

    [Theory] // F5: the tag is for people
    [InlineData(PullPolicy.Missing)]
    [InlineData(PullPolicy.Always)]
    public async Task F5_an_image_with_tag_and_digest_is_that_of_the_digest(PullPolicy pull)
    {
        var (pinned, moved) = (TestImage.Of(Amd64, TestImage.Noise(100)), TestImage.Of(Amd64, TestImage.Noise(100, 2)));
        registry.AddImage("app", "v1", pinned);
        registry.AddImage("app", "v1", moved);
        var cancellationToken = TestContext.Current.CancellationToken;
        var images = new BaseImages(store, client, pull);

        Assert.Equal(moved.Descriptor.Digest, (await images.ResolveAsync(registry.Reference("app:v1"), Amd64, null, cancellationToken)).ManifestDigest);
        await images.FetchAllAsync(images.Get(moved.Descriptor.Digest), cancellationToken); // from here on the store knows the tag
        Assert.Equal(pinned.Descriptor.Digest, (await images.ResolveAsync(registry.Reference($"app:v1@{pinned.Descriptor.Digest}"), Amd64, null, cancellationToken)).ManifestDigest);
        Assert.Equal(pinned.Descriptor.Digest, (await images.ResolveAsync(registry.Reference($"app:no-such-tag@{pinned.Descriptor.Digest}"), Amd64, null, cancellationToken)).ManifestDigest);
    }
}
