using Builder.Oci;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests.Push;

public sealed class ManifestPushTests : PushTest
{
    private static readonly TestImage Image = TestImage.Of(new Platform("amd64", "linux"), TestImage.Noise(10));

    [Fact]
    public async Task A_manifest_is_stored_as_it_is()
    {
        Registry.AddImage("app", null, Image);
        Assert.False(await Client.PutManifestAsync(Registry.Reference("app:1"), MediaTypes.OciManifest, Image.Manifest, Cancel));
        Assert.Equal(Image.Manifest, Registry.Manifest("app", "1"));
        Assert.Equal(Image.Descriptor.Digest, await Client.PeekAsync(Registry.Reference("app:1"), Cancel));
        Assert.Null(await Client.PeekAsync(Registry.Reference("app:2"), Cancel));
        Assert.Equal("PUT HEAD HEAD", Methods);
    }

    [Fact]
    public async Task Fault_38_a_manifest_whose_parts_are_missing_is_recognised()
    {
        var e = await FailsAsync(RegistryErrors.ManifestRefused, () => Client.PutManifestAsync(Registry.Reference("app:1"), MediaTypes.OciManifest, Image.Manifest, Cancel));
        Assert.True(RegistryClient.IsMissingBlob(e));
    }

    [Fact]
    public async Task Fault_37_a_lost_answer_to_a_manifest_is_asked_for_again()
    {
        Registry.AddImage("app", null, Image);
        Registry.Fail(Puts, (_, _) => TestResponse.HangUp);
        await Client.PutManifestAsync(Registry.Reference("app:1"), MediaTypes.OciManifest, Image.Manifest, Cancel);
        Assert.Equal("PUT PUT", Methods);
    }

    [Fact]
    public async Task Fault_14_a_manifest_that_was_changed_on_the_way_is_found_out()
    {
        Registry.AddImage("app", null, Image);
        Registry.Fail(Puts, (_, answer) => answer.With("Docker-Content-Digest", Digest.Of([]).ToString()));
        await FailsAsync(RegistryErrors.WrongContent, () => Client.PutManifestAsync(Registry.Reference("app:1"), MediaTypes.OciManifest, Image.Manifest, Cancel));
    }

    [Fact]
    public async Task A_tag_is_deleted_alone_and_a_digest_with_its_tags()
    {
        Registry.AddImage("app", "1", Image);
        Registry.AddImage("app", "2", Image);
        await Client.DeleteAsync(Registry.Reference("app:1"), Cancel);
        Assert.Null(Registry.Manifest("app", "1"));
        Assert.NotNull(Registry.Manifest("app", "2"));
        await Client.DeleteAsync(Registry.Reference($"app@{Image.Descriptor.Digest}"), Cancel);
        Assert.Null(Registry.Manifest("app", "2"));
        await FailsAsync(RegistryErrors.NotFound, () => Client.DeleteAsync(Registry.Reference("app:2"), Cancel));
    }

    [Fact]
    public async Task A_registry_that_deletes_no_tags_is_told_apart()
    {
        Registry.AddImage("app", "1", Image);
        Registry.DeletesTags = false;
        var e = await FailsAsync(RegistryErrors.NoDeletion, () => Client.DeleteAsync(Registry.Reference("app:1"), Cancel));
        Assert.Contains("by its digest", e.Hint, StringComparison.Ordinal);
        Assert.NotNull(Registry.Manifest("app", "1"));
    }
}
