using Builder.Dockerfile.Syntax;
using Builder.Engine.Exporters;
using Builder.Graph.Solving;
using Builder.Oci;
using Builder.Registry;
using Builder.Storage;
using Builder.Storage.Checking;
using Builder.Storage.Garbage;
using Builder.Testing;
using Builder.Testing.Registries;
using Builder.Diagnostics;

namespace Builder.Engine.Tests.Whole;

/// <summary>What a build without RUN leaves undone: nothing is unpacked, and of a base nothing fetched that nobody asks for.</summary>
public sealed class DeferredBuildTests : IAsyncDisposable
{
    private static readonly Platform Amd64 = new("amd64", "linux");
    private readonly TestRegistry registry = new();
    private readonly RegistryClient client = new(new RegistryOptions { FirstPause = TimeSpan.FromMilliseconds(1), Jitter = () => 0 });
    private readonly TemporaryFolder folder = new();

    public DeferredBuildTests()
    {
        Directory.CreateDirectory(folder["context"]);
        File.WriteAllText(folder["context/file"], "content");
        var layer = new TarBuilder(modified: 1_000).Folder("etc").File("etc/passwd", "root:x:0:0::/:\nwww:x:33:34::/:\n").Folder("real").Symlink("link", "real").Build();
        registry.AddImage("base", "1", TestImage.Of(Amd64, layer));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private int BlobsFetched => registry.Requests.Count(request => request.Path.Contains("/blobs/sha256", StringComparison.Ordinal)) - ConfigsFetched;

    private int ConfigsFetched { get; set; } = 1;

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await registry.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData("ENV a=b", 0)]
    [InlineData("COPY --link file /a/", 0)] // independent of what is below
    [InlineData("COPY file /link/", 1)] // where the link leads is in the base
    public async Task Of_a_base_only_what_is_asked_for_is_fetched(string step, int expected)
    {
        using var store = Open("store");
        await BuildAsync(store, $"FROM {registry.Authority}/base:1\n{step}\n", OutputSpec.Nowhere);
        Assert.Equal(expected, BlobsFetched);
        Assert.Empty(UnpackedIn("store"));
    }

    [Fact]
    public async Task Nothing_is_unpacked_until_an_output_wants_files()
    {
        using var store = Open("store");
        var dockerfile = $"FROM {registry.Authority}/base:1\nCOPY --chown=www file /link/\nWORKDIR /link/w\n";
        var first = await BuildAsync(store, dockerfile, new OutputSpec(OutputKind.Image, null));
        Assert.Empty(UnpackedIn("store"));
        await BuildAsync(store, dockerfile, new OutputSpec(OutputKind.Local, folder["out"]));
        Assert.NotEmpty(UnpackedIn("store"));
        Assert.Equal("content", await File.ReadAllTextAsync(folder["out/real/file"], Cancel));
        Assert.True(Directory.Exists(folder["out/link/w"]));
        Assert.Equal(first, await BuildAsync(store, dockerfile, new OutputSpec(OutputKind.Image, null)));
        Assert.DoesNotContain(StoreChecker.Check(store, repair: false, null, Cancel).Findings, finding => finding.Kind == FindingKind.Damage);
    }

    [Fact]
    public async Task A_result_whose_layer_is_gone_is_none()
    {
        Digest image;
        using (var store = Open("store"))
        {
            image = await BuildAsync(store, "FROM scratch\nCOPY file /\n", new OutputSpec(OutputKind.Image, null));
            var manifest = OciJson.ReadManifest(store.Content.ReadDocument(new Descriptor(MediaTypes.OciManifest, image, new FileInfo(folder[$"store/blobs/sha256/{image.Hex}"]).Length)));
            File.Delete(folder[$"store/blobs/sha256/{manifest.Layers[0].Digest.Hex}"]);
        }

        using (var store = Open("store"))
        {
            Assert.Contains(StoreChecker.Check(store, repair: false, null, Cancel).Findings, finding => finding.Kind == FindingKind.Damage);
            Assert.Equal(image, await BuildAsync(store, "FROM scratch\nCOPY file /\n", new OutputSpec(OutputKind.Image, null)));
            Assert.DoesNotContain(StoreChecker.Check(store, repair: false, null, Cancel).Findings, finding => finding.Kind == FindingKind.Damage);
        }
    }

    [Fact]
    public async Task What_is_not_needed_is_collected_and_what_is_stays()
    {
        using var store = Open("store");
        await BuildAsync(store, "FROM scratch\nCOPY file /kept\n", new OutputSpec(OutputKind.Image, null));
        store.CollectGarbage(new PrunePolicy(), Cancel);
        Assert.NotEmpty(Directory.GetDirectories(folder["store/snapshots"]));
        store.CollectGarbage(new PrunePolicy { Dangling = true, Steps = true }, Cancel);
        Assert.Empty(Directory.GetDirectories(folder["store/snapshots"]));
        Assert.Empty(Directory.GetFiles(folder["store/blobs/sha256"]));
    }

    [Fact]
    public async Task A_file_that_changes_between_key_and_layer_fails_the_build()
    {
        using var store = Open("store");
        var events = new Meddler(() => File.WriteAllText(folder["context/file"], "another content"));
        var error = await Assert.ThrowsAsync<BuilderException>(() => BuildAsync(store, "FROM scratch\nCOPY file /\n", OutputSpec.Nowhere, events));
        Assert.Equal(1030, error.Code.Number);
        Assert.Empty(Directory.GetFiles(folder["store/cache"]));
    }

    private BuilderStore Open(string name) => BuilderStore.Open(new StoreOptions { Root = folder[name], Fsync = FsyncPolicy.Never });

    private string[] UnpackedIn(string name) => Directory.GetDirectories(folder[name + "/snapshots"], "fs", SearchOption.AllDirectories);

    private async Task<Digest> BuildAsync(BuilderStore store, string dockerfile, OutputSpec output, IBuildEvents? events = null)
    {
        var builder = new ImageBuilder(store, client, TimeProvider.System, () => Stream.Null, () => Stream.Null);
        var request = new BuildRequest { Context = folder["context"], Dockerfile = new SourceText("Dockerfile", dockerfile), Outputs = [output], Platform = Amd64 };
        return (await builder.BuildAsync(request, events ?? new Meddler(() => { }), _ => { }, Cancel)).Manifest.Digest;
    }

    /// <summary>Does something when the first step begins.</summary>
    private sealed class Meddler(Action meddle) : IBuildEvents
    {
        private int done;

        public void Publish(BuildEvent buildEvent)
        {
            if (buildEvent is VertexStarted && Interlocked.Exchange(ref done, 1) == 0)
            {
                meddle();
            }
        }
    }
}
