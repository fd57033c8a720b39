using Builder.Oci;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests.Push;

public sealed class ReferrersTests : PushTest
{
    private static readonly TestImage Subject = TestImage.Of(new Platform("amd64", "linux"), TestImage.Noise(10));

    private ImageReference SubjectReference => Registry.Reference($"app@{Subject.Descriptor.Digest}");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_refers_to_an_image_is_listed_by_the_registry_or_by_a_tag(bool api)
    {
        Registry.HasReferrers = api;
        Registry.AddImage("app", "1", Subject);
        Assert.Empty(await Client.ListReferrersAsync(SubjectReference, null, Cancel));
        var sbom = await AttachAsync("application/spdx+json");
        var signature = await AttachAsync("application/signature");
        Assert.Equal(new[] { sbom, signature }.Order(), (await Client.ListReferrersAsync(SubjectReference, null, Cancel)).Select(d => d.Digest).Order());
        var one = Assert.Single(await Client.ListReferrersAsync(SubjectReference, "application/signature", Cancel));
        Assert.Equal(signature, one.Digest);
        Assert.Equal(api, Registry.Manifest("app", RegistryClient.ReferrersTag(Subject.Descriptor.Digest)) is null);
    }

    [Fact]
    public async Task Fault_51_an_entry_that_another_writer_overwrote_is_written_again()
    {
        Registry.HasReferrers = false;
        Registry.AddImage("app", "1", Subject);
        var tag = RegistryClient.ReferrersTag(Subject.Descriptor.Digest);
        var other = OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [Subject.Descriptor] });
        Registry.Fail(r => r.Method == "PUT" && r.Path.EndsWith(tag, StringComparison.Ordinal), (_, answer) =>
        {
            Registry.AddManifest("app", tag, other, MediaTypes.OciIndex);
            return answer;
        });
        var added = await AttachAsync("application/x");
        Assert.Equal([Subject.Descriptor.Digest, added], OciJson.ReadIndex(Registry.Manifest("app", tag)).Manifests.Select(d => d.Digest));
    }

    [Fact]
    public async Task Entries_are_added_side_by_side_without_losing_one()
    {
        Registry.HasReferrers = false;
        Registry.AddImage("app", "1", Subject);
        var digests = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => AttachAsync($"application/type{i}")));
        Assert.Equal(digests.Order(), (await Client.ListReferrersAsync(SubjectReference, null, Cancel)).Select(d => d.Digest).Order());
    }

    [Fact]
    public async Task A_tag_that_is_something_else_is_left_alone()
    {
        Registry.HasReferrers = false;
        Registry.AddImage("app", RegistryClient.ReferrersTag(Subject.Descriptor.Digest), Subject);
        await FailsAsync(RegistryErrors.ReferrersTag, () => AttachAsync("application/x"));
    }

    [Fact]
    public async Task Fault_46_pages_that_never_end_and_pages_elsewhere_are_not_followed()
    {
        Registry.AddImage("app", "1", Subject);
        Registry.Fail(r => r.Path.Contains("/referrers/", StringComparison.Ordinal), (_, answer) => answer.With("Link", "<http://example.com/next>; rel=\"next\""));
        Assert.Empty(await Client.ListReferrersAsync(SubjectReference, null, Cancel));
        Registry.Fail(r => r.Path.Contains("/referrers/", StringComparison.Ordinal), (request, answer) => answer.With("Link", $"<{request.Target}>; rel=next"), times: 100);
        await FailsAsync(RegistryErrors.NotARegistry, () => Client.ListReferrersAsync(SubjectReference, null, Cancel));
    }

    [Fact]
    public async Task A_web_page_is_no_list()
    {
        Registry.Fail(r => r.Path.Contains("/referrers/", StringComparison.Ordinal), (_, _) => TestResponse.Text(200, "<html>welcome</html>", "text/html"));
        Assert.Empty(await Client.ListReferrersAsync(SubjectReference, null, Cancel));
    }

    private async Task<Digest> AttachAsync(string type)
    {
        var config = Registry.AddBlob("app", "{}"u8.ToArray());
        var manifest = OciJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            ArtifactType = type,
            Config = config with { MediaType = "application/vnd.oci.empty.v1+json" },
            Layers = [config],
            Subject = Subject.Descriptor with { Platform = null },
        });
        var digest = Digest.Of(manifest);
        if (!await Client.PutManifestAsync(Registry.Reference($"app@{digest}"), MediaTypes.OciManifest, manifest, Cancel))
        {
            await Client.AddToReferrersTagAsync(
                App, Subject.Descriptor.Digest, new Descriptor(MediaTypes.OciManifest, digest, manifest.Length) { ArtifactType = type }, Cancel);
        }

        return digest;
    }
}
