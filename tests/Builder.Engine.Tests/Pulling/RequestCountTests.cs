using Builder.Diagnostics;
using Builder.Engine.Pulling;
using Builder.Engine.Pushing;
using Builder.Oci;
using Builder.Registry;
using Builder.Storage;
using Builder.Testing;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Engine.Tests.Pulling;

/// <summary>What pulls and pushes of whole images ask of a registry: every request is counted, none is asked twice.</summary>
public sealed class RequestCountTests : IAsyncDisposable
{
    private static readonly Platform Amd64 = new("amd64", "linux");
    private readonly TestRegistry registry = new();
    private readonly RegistryClient client = new(new RegistryOptions { FirstPause = TimeSpan.FromMilliseconds(1), Jitter = () => 0 });
    private readonly TemporaryFolder folder = new();
    private readonly BuilderStore store;

    public RequestCountTests() => store = BuilderStore.Open(new StoreOptions { Root = folder["store"], Fsync = FsyncPolicy.Never });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Method and kind of all requests so far, alphabetically: blobs come side by side.</summary>
    private IEnumerable<string> Asked => registry.Requests
        .Select(request => $"{request.Method} {(request.Path == "/token" ? "token" : request.Path.Split('/')[^2])}{(request.Path.EndsWith("/uploads/", StringComparison.Ordinal) ? " open" : "")}")
        .Order(StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        store.Dispose();
        client.Dispose();
        await registry.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public async Task A_cold_pull_is_a_manifest_a_config_and_the_layers_and_a_warm_one_is_a_question(int layers)
    {
        var image = Layered(layers);
        registry.AddImage("app", "1", image);
        await PullAsync();
        Assert.Equal(["GET blobs", .. Enumerable.Repeat("GET blobs", layers), "GET manifests"], Asked);
        Assert.Equal(layers + 1, registry.Requests.Where(request => request.Path.Contains("/blobs/", StringComparison.Ordinal)).Select(request => request.Path).Distinct().Count());

        await PullAsync();
        Assert.Equal("HEAD", registry.Requests[^1].Method);
        Assert.Equal(layers + 3, registry.Requests.Count);
    }

    [Fact]
    public async Task A_layer_that_an_image_has_twice_is_fetched_once()
    {
        registry.AddImage("app", "1", TestImage.Of(Amd64, TestImage.Noise(1000), TestImage.Noise(500, 2), TestImage.Noise(1000)));
        await PullAsync();
        Assert.Equal(["GET blobs", "GET blobs", "GET blobs", "GET manifests"], Asked);
    }

    [Fact]
    public async Task A_cold_pull_from_a_list_is_one_document_more()
    {
        registry.AddIndex("app", "1", Layered(2), TestImage.Of(new Platform("arm64", "linux"), TestImage.Noise(10, 99)));
        await PullAsync();
        Assert.Equal(["GET blobs", "GET blobs", "GET blobs", "GET manifests", "GET manifests"], Asked);
    }

    [Fact]
    public async Task A_token_is_bought_once_for_all_that_a_pull_asks_for()
    {
        registry.Tokens = new TestTokens(TimeProvider.System);
        registry.AddImage("app", "1", Layered(8));
        await PullAsync();

        // The first question is answered with a challenge, and asked again with the token: nothing else is asked twice.
        Assert.Equal([.. Enumerable.Repeat("GET blobs", 9), "GET manifests", "GET manifests", "GET token"], Asked);
    }

    [Fact]
    public async Task Fault_38_a_manifest_that_is_refused_for_a_lost_blob_is_put_again_after_its_blobs()
    {
        var image = Compressed();
        registry.AddBlob("app", image.Config, MediaTypes.OciConfig);
        registry.AddBlob("app", image.Layers[0]);
        registry.AddManifest("app", "1", image.Manifest);
        var pulled = await PullAsync();
        var before = registry.Requests.Count;
        var lost = Digest.Of(image.Layers[0]);
        registry.Fail(IsManifestPut, (_, _) => Lose());
        registry.Fail(IsManifestPut, (_, _) => Lose());
        var pushed = await new ImagePusher(store, client).PushAsync(new PushRequest(pulled.Target, [registry.Reference("other:1")]), null, Cancel);
        Assert.Equal(image.Layers[0], registry.Blob("other", lost));
        Assert.Equal(image.Manifest, registry.Manifest("other", "1"));
        Assert.Equal(3, registry.Requests.Skip(before).Count(IsManifestPut));
        Assert.Equal(pulled.Target.Digest, pushed.Manifest.Digest);

        TestResponse Lose()
        {
            registry.Forget("other", lost);
            return TestRegistry.Error(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry");
        }
    }

    [Fact]
    public async Task Fault_38_a_manifest_that_is_refused_every_time_is_given_up()
    {
        var image = Compressed();
        registry.AddBlob("app", image.Config, MediaTypes.OciConfig);
        registry.AddBlob("app", image.Layers[0]);
        registry.AddManifest("app", "1", image.Manifest);
        var pulled = await PullAsync();
        registry.Fail(IsManifestPut, (_, _) => TestRegistry.Error(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry"), times: 100);
        var e = await Assert.ThrowsAsync<RegistryException>(
            () => new ImagePusher(store, client).PushAsync(new PushRequest(pulled.Target, [registry.Reference("other:1")]), null, Cancel));
        Assert.Equal(RegistryErrors.ManifestRefused, e.Code);
        Assert.Equal(4, registry.Requests.Count(IsManifestPut));
    }

    [Fact]
    public async Task A_blob_whose_bits_have_flipped_is_named_and_taken_out_of_the_store()
    {
        var image = Compressed();
        registry.AddBlob("app", image.Config, MediaTypes.OciConfig);
        registry.AddBlob("app", image.Layers[0]);
        registry.AddManifest("app", "1", image.Manifest);
        var pulled = await PullAsync();
        Directory.Delete(folder["store/transfers"], recursive: true); // Where it was seen: the layer would be mounted, not sent.
        var layer = Digest.Of(image.Layers[0]);
        var bytes = image.Layers[0].ToArray();
        bytes[7] ^= 1;
        await File.WriteAllBytesAsync(folder[$"store/blobs/sha256/{layer.Hex}"], bytes, Cancel);
        var e = await Assert.ThrowsAsync<BuilderException>(
            () => new ImagePusher(store, client).PushAsync(new PushRequest(pulled.Target, [registry.Reference("other:1")]), null, Cancel));
        Assert.Equal(StorageErrors.DamagedBlob, e.Code);
        Assert.Contains(layer.ToString(), e.Message, StringComparison.Ordinal);
        Assert.False(store.Content.Contains(layer));

        // Pulled again, it is pushed.
        await PullAsync();
        await new ImagePusher(store, client).PushAsync(new PushRequest(pulled.Target, [registry.Reference("other:1")]), null, Cancel);
        Assert.Equal(image.Layers[0], registry.Blob("other", layer));
    }

    private static bool IsManifestPut(TestRequest request) => request.Method == "PUT" && request.Path.Contains("/manifests/", StringComparison.Ordinal);

    private static TestImage Layered(int layers) => TestImage.Of(Amd64, [.. Enumerable.Range(1, layers).Select(i => TestImage.Noise(1000 * i, i))]);

    /// <summary>An image whose layer is compressed already, so that it travels as it is.</summary>
    private static TestImage Compressed()
    {
        var plain = TestImage.Of(Amd64, TestImage.Noise(20_000));
        var layer = TestImage.Noise(10_000, 2);
        var manifest = OciJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = plain.ConfigDescriptor,
            Layers = [new Descriptor(MediaTypes.OciLayerGzip, Digest.Of(layer), layer.Length)],
        });
        return plain with { Layers = [layer], Manifest = manifest };
    }

    private Task<PulledImage> PullAsync() => new ImagePuller(store, client).PullAsync(registry.Reference("app:1"), Amd64, new Silent(), Cancel);

    private sealed class Silent : IPullEvents
    {
        public void Wanted(Descriptor blob, bool isPresent)
        {
        }

        public void Progress(Descriptor blob, long bytes)
        {
        }

        public void Done(Descriptor blob)
        {
        }
    }
}
