using System.Text;
using Builder.Oci;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests;

public sealed class ResolvingTests : RegistryTest
{
    private static readonly Platform Amd64 = new("amd64", "linux");
    private static readonly Platform Arm64 = new("arm64", "linux");
    private static readonly TestImage Image = TestImage.Of(Amd64, TestImage.Noise(1000));

    [Fact]
    public async Task A_tag_of_a_single_manifest_is_that_manifest()
    {
        Registry.AddImage("app", "1.0", Image);
        var found = await Client.ResolveAsync(Registry.Reference("app:1.0"), Amd64, Cancel);
        Assert.Equal(Image.Manifest, found.Document);
        Assert.Equal(Image.Descriptor.Digest, found.RepositoryDigest);
        Assert.Null(found.Index);
        Assert.Equal(Image.LayerDescriptors, found.Manifest.Layers);
        Assert.Single(Registry.Requests);
    }

    [Fact]
    public async Task An_index_is_followed_to_the_platform()
    {
        var arm = TestImage.Of(Arm64, TestImage.Noise(10, 2));
        var index = Registry.AddIndex("app", "multi", Image, arm);
        var found = await Client.ResolveAsync(Registry.Reference("app:multi"), Arm64, Cancel);
        Assert.Equal(arm.Descriptor.Digest, found.Descriptor.Digest);
        Assert.Equal(Arm64, found.Descriptor.Platform);
        Assert.Equal(index, found.Index);
        Assert.Equal(index.Digest, found.RepositoryDigest);
    }

    [Fact] // P4
    public async Task An_index_without_the_platform_says_what_it_offers()
    {
        Registry.AddIndex("app", "multi", Image, TestImage.Of(Arm64));
        var e = await FailsAsync(RegistryErrors.NoMatchingPlatform, () => Client.ResolveAsync(Registry.Reference("app:multi"), new Platform("s390x", "linux"), Cancel));
        Assert.Equal($"no match for platform in manifest: {Registry.Authority}/app:multi has no image for linux/s390x", e.Message);
        Assert.Equal("it offers linux/amd64, linux/arm64", e.Hint);
    }

    [Fact]
    public async Task An_index_that_contains_itself_by_way_of_others_ends()
    {
        var inner = Image.Descriptor;
        Registry.AddImage("app", null, Image);
        for (var i = 0; i < 4; i++)
        {
            var json = OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [inner] });
            inner = Registry.AddManifest("app", "deep", json, MediaTypes.OciIndex) with { Platform = Amd64 };
        }

        await FailsAsync(RegistryErrors.InvalidManifest, () => Client.ResolveAsync(Registry.Reference("app:deep"), Amd64, Cancel));
    }

    [Fact]
    public async Task Fault_13_a_digest_decides_over_the_tag_and_is_verified()
    {
        Registry.AddImage("app", "1.0", Image);
        var pinned = Registry.Reference($"app:gone@{Image.Descriptor.Digest}");
        Assert.Equal(Image.Manifest, (await Client.ResolveAsync(pinned, Amd64, Cancel)).Document);

        Registry.Fail(Manifests, (_, right) => right with { Body = TestImage.Of(Amd64).Manifest });
        await FailsAsync(RegistryErrors.WrongContent, () => Client.ResolveAsync(pinned, Amd64, Cancel));
    }

    [Fact]
    public async Task A_manifest_that_is_not_the_one_in_the_index_is_refused()
    {
        Registry.AddIndex("app", "multi", Image);
        Registry.Fail(r => r.Path.EndsWith(Image.Descriptor.Digest.ToString(), StringComparison.Ordinal), (_, right) => right with { Body = [.. right.Body, (byte)' '] });
        var e = await FailsAsync(RegistryErrors.WrongContent, () => Client.ResolveAsync(Registry.Reference("app:multi"), Amd64, Cancel));
        Assert.Contains(Image.Descriptor.Digest.ToString(), e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MediaTypes.OciIndex)]
    [InlineData(MediaTypes.DockerManifest)]
    public async Task A_document_whose_type_contradicts_the_answers_is_refused(string contentType)
    {
        Registry.AddManifest("app", "1.0", Image.Manifest, contentType);
        var e = await FailsAsync(RegistryErrors.InvalidManifest, () => Client.ResolveAsync(Registry.Reference("app:1.0"), Amd64, Cancel));
        Assert.Contains("contradictory", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_17_a_document_that_is_manifest_and_index_at_once_is_refused()
    {
        var both = Encoding.UTF8.GetString(Image.Manifest).Replace("{\"schemaVersion\"", "{\"manifests\":[],\"schemaVersion\"", StringComparison.Ordinal);
        Registry.AddManifest("app", "1.0", Encoding.UTF8.GetBytes(both));
        var e = await FailsAsync(RegistryErrors.InvalidManifest, () => Client.ResolveAsync(Registry.Reference("app:1.0"), Amd64, Cancel));
        Assert.Contains("both", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_of_the_content_type_do_not_matter()
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.Fail(Manifests, (_, right) => right.With("Content-Type", MediaTypes.OciManifest + "; charset=utf-8"));
        Assert.Equal(Image.Manifest, (await Client.ResolveAsync(Registry.Reference("app:1.0"), Amd64, Cancel)).Document);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fault_18_a_manifest_over_four_mebibytes_is_refused(bool admitsIt)
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.Fail(Manifests, (_, right) => right with { Body = new byte[OciJson.MaxDocumentSize + 1], WithoutLength = !admitsIt });
        var e = await FailsAsync(RegistryErrors.InvalidManifest, () => Client.ResolveAsync(Registry.Reference("app:1.0"), Amd64, Cancel));
        Assert.Contains("larger than", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "<!DOCTYPE html><title>Log in</title>")]
    [InlineData(404, "<html>nothing here</html>")]
    [InlineData(200, "welcome")]
    public async Task Fault_19_what_is_not_a_registry_is_called_that(int status, string body)
    {
        Registry.Fail(_ => true, (_, _) => TestResponse.Text(status, body, "text/html"));
        await FailsAsync(RegistryErrors.NotARegistry, () => Client.ResolveAsync(Registry.Reference("app"), Amd64, Cancel));
    }

    [Fact]
    public async Task Fault_16_schema_1_is_named_and_refused()
    {
        Registry.Fail(_ => true, (_, _) => TestResponse.Text(200, """{"schemaVersion":1}""", "application/vnd.docker.distribution.manifest.v1+prettyjws"));
        var e = await FailsAsync(RegistryErrors.InvalidManifest, () => Client.ResolveAsync(Registry.Reference("app"), Amd64, Cancel));
        Assert.Contains("schema 1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_28_a_missing_tag_and_a_missing_repository_are_told_apart()
    {
        Registry.AddImage("app", "1.0", Image);
        var tag = await FailsAsync(RegistryErrors.NotFound, () => Client.ResolveAsync(Registry.Reference("app:2.0"), Amd64, Cancel));
        Assert.Equal($"{Registry.Authority}/app:2.0: not found", tag.Message);
        Assert.Equal("the repository app has no such tag or digest", tag.Hint);
        Assert.Equal(404, tag.Status);

        var name = await FailsAsync(RegistryErrors.NotFound, () => Client.ResolveAsync(Registry.Reference("other"), Amd64, Cancel));
        Assert.Equal($"{Registry.Authority} has no repository other", name.Hint);
    }

    [Fact]
    public async Task Finding_takes_one_head_and_no_pull()
    {
        Registry.AddImage("app", "1.0", Image);
        var found = await Client.FindAsync(Registry.Reference("app:1.0"), Cancel);
        Assert.Equal(Image.Descriptor with { Platform = null }, found);
        Assert.Equal("HEAD", Assert.Single(Registry.Requests).Method);
    }

    [Theory]
    [InlineData("no digest")]
    [InlineData("405")]
    [InlineData("404")]
    public async Task Fault_14_and_15_finding_gets_where_a_head_says_too_little(string how)
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.Fail(r => r.Method == "HEAD", (_, right) => how == "no digest" ? right.With("Docker-Content-Digest", "md5:0") : new TestResponse(int.Parse(how)));
        Assert.Equal(Image.Descriptor with { Platform = null }, await Client.FindAsync(Registry.Reference("app:1.0"), Cancel));
    }

    [Fact]
    public async Task Warnings_are_passed_on_once_and_without_control_characters()
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.Fail(_ => true, (_, right) => right.With("Warning", "299 - \"soon\tread-only\""), times: 2);
        var heard = new List<RegistryWarning>();
        Client = new RegistryClient(Hasty with { OnWarning = heard.Add });
        await Client.ResolveAsync(Registry.Reference("app:1.0"), Amd64, Cancel);
        await Client.ResolveAsync(Registry.Reference("app:1.0"), Amd64, Cancel);
        Assert.Equal(new RegistryWarning(Registry.Authority, "soon read-only"), Assert.Single(heard));
    }

    [Fact]
    public async Task A_manifest_cut_in_the_middle_is_asked_for_again()
    {
        Registry.AddImage("app", "1.0", Image);
        Registry.Fail(Manifests, (_, right) => right with { CutAfter = 20 });
        Assert.Equal(Image.Manifest, (await Client.ResolveAsync(Registry.Reference("app:1.0"), Amd64, Cancel)).Document);
    }
}
