using Builder.Engine.Images;
using Builder.Engine.Tests.Support;
using Builder.Graph;
using Builder.Graph.Compilation;
using Builder.Graph.Operations;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Registry;
using Builder.Storage;
using Builder.Storage.Snapshots;
using Builder.Testing;
using Builder.Testing.Registries;

namespace Builder.Engine.Tests.Images;

public sealed class ImageAssemblerTests : IDisposable
{
    private static readonly Platform Amd64 = Platform.Parse("linux/amd64");
    private static readonly Vertex SomeStep = new(new ContextOperation("step"));
    private static readonly DateTimeOffset Then = DateTimeOffset.FromUnixTimeSeconds(1_500_000_000);
    private readonly TemporaryFolder folder;
    private readonly TestLayout layout;
    private readonly RegistryClient registry;
    private readonly BuilderStore store;
    private readonly BaseImages bases;

    public ImageAssemblerTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "overlay mounts need root");
        folder = new TemporaryFolder();
        layout = new TestLayout();
        registry = new RegistryClient();
        store = BuilderStore.Open(new StoreOptions { Root = folder["store"], Fsync = FsyncPolicy.Never });
        bases = new BaseImages(store, registry);
    }

    public void Dispose()
    {
        registry.Dispose();
        store.Dispose();
        layout.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void New_layers_follow_in_their_order_and_steps_without_one_are_marked()
    {
        var root = Step(Step(Step(null, "one"), null), "three");
        var image = Assemble(new ImageBlueprint(null, Amd64, new ExecutionConfig(), "me", [new("ENV a=b", null), new("COPY one", SomeStep), new("RUN true", SomeStep), new("COPY three", SomeStep)]), root);
        var (manifest, config) = Read(image);
        Assert.Equal(2, manifest.Layers.Count);
        Assert.Equal([true, false, true, false], config.History!.Select(entry => entry.EmptyLayer));
        Assert.All(config.History!, entry => Assert.Equal(Then, entry.Created));
        Assert.Equal(["ENV a=b", "COPY one", "RUN true", "COPY three"], config.History!.Select(entry => entry.CreatedBy));
        Assert.Equal(("amd64", "linux", "me"), (config.Architecture, config.Os, config.Author));
    }

    [Fact]
    public void The_same_steps_give_the_same_image()
    {
        ImageBlueprint blueprint = new(null, Amd64, new ExecutionConfig(), null, [new("COPY one", SomeStep)]);
        Assert.Equal(Assemble(blueprint, Step(null, "one")).Manifest, Assemble(blueprint, Step(null, "one")).Manifest);
    }

    [Fact]
    public void A_chosen_time_is_the_time_of_everything()
    {
        ImageBlueprint blueprint = new(null, Amd64, new ExecutionConfig(), null, [new("COPY one", SomeStep)]) { SourceDateEpoch = DateTimeOffset.UnixEpoch };
        var (_, config) = Read(Assemble(blueprint, Step(null, "one")));
        Assert.Equal(DateTimeOffset.UnixEpoch, config.Created);
        Assert.Equal(DateTimeOffset.UnixEpoch, Assert.Single(config.History!).Created);
    }

    [Fact]
    public async Task Layers_of_a_Docker_base_get_OCI_names_and_a_history_that_accounts_for_them()
    {
        var layer = TestImage.Noise(100);
        var config = layout.Put(OciJson.Write(new ImageConfig { Architecture = "amd64", Os = "linux", RootFs = new RootFs { DiffIds = [new DiffId(Digest.Of(layer))] } }), MediaTypes.DockerConfig);
        var manifest = new ImageManifest { MediaType = MediaTypes.DockerManifest, Config = config, Layers = [layout.Put(layer, MediaTypes.DockerLayer)] };
        layout.Index(layout.Put(OciJson.Write(manifest), MediaTypes.DockerManifest));
        var resolved = await bases.ResolveAsync(new LayoutContext(layout.Path, null), Amd64, null, TestContext.Current.CancellationToken);
        var (written, writtenConfig) = Read(Assemble(new ImageBlueprint(resolved, Amd64, new ExecutionConfig(), null, [new("ENV a=b", null)]), null));
        Assert.Equal(MediaTypes.OciLayer, Assert.Single(written.Layers).MediaType);
        Assert.Equal(MediaTypes.OciConfig, written.Config.MediaType);
        Assert.Equal([false, true], writtenConfig.History!.Select(entry => entry.EmptyLayer));
    }

    private Snapshot Step(Snapshot? parent, string? file)
    {
        var draft = store.Snapshots.Begin(parent);
        using (var mount = OverlayMount.Mount(draft.Overlay))
        using (var top = mount.OpenDirectory([]))
        {
            if (file is not null)
            {
                var name = TarBuilder.Bytes(file);
                top.CreateFile(name).Dispose();
                top.SetTimes(name, new FileTime(1));
                top.SetTimes(DirectoryHandle.Self, new FileTime(1));
            }
        }

        return draft.Commit(Then);
    }

    private BuiltImage Assemble(ImageBlueprint blueprint, Snapshot? root) =>
        new ImageAssembler(store, bases).Assemble(blueprint, root is null ? null : new StepResult(root), true, SquashMode.None, TestContext.Current.CancellationToken);

    private (ImageManifest Manifest, ImageConfig Config) Read(BuiltImage image)
    {
        var manifest = OciJson.ReadManifest(store.Content.ReadDocument(image.Manifest));
        return (manifest, OciJson.ReadConfig(store.Content.ReadDocument(manifest.Config)));
    }
}
