using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Tests.Support;

namespace Builder.Storage.Tests.Names;

public sealed class ImageNamesTests : IDisposable
{
    private readonly TestStore store = new();

    [Fact]
    public void A_name_stands_for_what_it_was_last_given_to()
    {
        var (one, two) = (Image("1"), Image("2"));
        var name = ImageReference.Parse("registry.example:5000/team/app:v1");
        Assert.Null(store.Store.Names.Resolve(name));
        store.Store.Names.Set(name, one);
        store.Store.Names.Set(name, two);
        Assert.Equal(two, store.Store.Names.Resolve(name));
    }

    [Fact]
    public void An_image_that_lost_its_name_is_listed_without_one_until_it_is_removed()
    {
        var (one, two) = (Image("1"), Image("2"));
        store.Store.Names.Set(ImageReference.Parse("app"), one);
        store.Store.Names.Set(ImageReference.Parse("app"), two);
        Assert.Equal([("docker.io/library/app:latest", two.Digest), ("", one.Digest)], List());

        store.Store.Names.Set(ImageReference.Parse("old"), one);
        Assert.Equal([("docker.io/library/app:latest", two.Digest), ("docker.io/library/old:latest", one.Digest)], List());

        Assert.True(store.Store.Names.Remove(ImageReference.Parse("old")));
        Assert.False(store.Store.Names.Remove(ImageReference.Parse("old")));
        store.Store.Names.Keep(one);
        Assert.True(store.Store.Names.RemoveUntagged(one.Digest));
        Assert.Equal([("docker.io/library/app:latest", two.Digest)], List());
    }

    [Fact]
    public void Names_may_be_as_long_as_the_grammar_allows()
    {
        var longest = ImageReference.Parse("host/" + new string('a', 240) + ":" + new string('T', 128));
        store.Store.Names.Set(longest, Image("1"));
        Assert.NotNull(store.Store.Names.Resolve(longest));
        Assert.Null(store.Store.Names.Resolve(longest with { Tag = new string('t', 128) }));
    }

    [Fact]
    public void An_image_is_found_by_the_beginning_of_its_id()
    {
        var target = Image("1");
        store.Store.Names.Keep(target);
        var id = OciJson.ReadManifest(store.Store.Content.ReadDocument(target)).Config.Digest;
        Assert.Equal(target, store.Store.Names.ResolveId(id.Hex[..12]));
        Assert.Equal(target, store.Store.Names.ResolveId(id.ToString()));
        Assert.Equal(target, store.Store.Names.ResolveId(target.Digest.Short));
        Assert.Null(store.Store.Names.ResolveId("not-hex"));
        Assert.Null(store.Store.Names.ResolveId(new string('0', 64)));
    }

    [Fact]
    public void An_image_of_an_index_is_found_by_its_own_id()
    {
        var (one, two) = (Image("1"), Image("2"));
        var index = store.Store.Content.Put(OciJson.Write(new ImageIndex { Manifests = [one, two] }), MediaTypes.OciIndex);
        store.Store.Names.Set(ImageReference.Parse("multi"), index);
        Assert.Equal(two.Digest, store.Store.Names.ResolveId(two.Digest.Short)!.Digest);
        Assert.Equal(index, store.Store.Names.ResolveId(index.Digest.Short));
    }

    [Fact]
    public void An_id_that_fits_several_images_is_an_error()
    {
        for (var i = 0; i < 300; i++)
        {
            store.Store.Names.Keep(Image($"{i}"));
        }

        // Of 300 images at least two share the first two digits.
        var shared = store.Store.Names.List().Select(image => image.Target.Digest.Hex[..2]).GroupBy(prefix => prefix).First(group => group.Count() > 1).Key;
        Assert.Equal(StorageErrors.AmbiguousId, Assert.Throws<BuilderException>(() => store.Store.Names.ResolveId(shared)).Code);
    }

    public void Dispose() => store.Dispose();

    private IEnumerable<(string Name, Digest Digest)> List() =>
        store.Store.Names.List().Select(image => (image.Reference?.ToString() ?? "", image.Target.Digest));

    private Descriptor Image(string author)
    {
        var config = new ImageConfig { Architecture = "amd64", Os = "linux", RootFs = new RootFs(), Author = author };
        var manifest = new ImageManifest { Config = store.Store.Content.Put(OciJson.Write(config), MediaTypes.OciConfig) };
        return store.Store.Content.Put(OciJson.Write(manifest), MediaTypes.OciManifest);
    }
}
