using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests;

public sealed class TagTests : RegistryTest
{
    [Fact]
    public async Task Fault_46_tags_come_page_by_page_each_once_however_the_link_is_written()
    {
        Pages("""{"tags":["b","a"]}""", "</v2/app/tags/list?n=2&last=a>; rel=next", """{"tags":["a","c"]}""", null);
        Assert.Equal(["b", "a", "c"], await TagsAsync());
        Assert.Equal(["/v2/app/tags/list?n=1000", "/v2/app/tags/list?n=2&last=a"], Registry.Requests.Select(r => r.Target));
    }

    [Fact]
    public async Task Fault_46_no_tags_are_no_error()
    {
        Pages("""{"name":"app","tags":null}""", null);
        Assert.Empty(await TagsAsync());
    }

    [Fact]
    public async Task Fault_46_pages_in_a_circle_end()
    {
        Registry.Fail(_ => true, (_, _) => TestResponse.Json(200, """{"tags":["a"]}""").With("Link", "</v2/app/tags/list?n=1000>; rel=\"next\""), times: 100);
        Assert.Equal(["a"], await TagsAsync());
        Assert.Single(Registry.Requests);
    }

    [Fact]
    public async Task Fault_46_pages_elsewhere_are_not_asked_for()
    {
        Pages("""{"tags":["a"]}""", "<http://127.0.0.1:1/v2/app/tags/list>; rel=\"next\"");
        await FailsAsync(RegistryErrors.RefusedRedirect, async () => await TagsAsync());
    }

    [Fact]
    public async Task Fault_46_a_repository_that_is_not_there_is_said()
    {
        Registry.Fail(_ => true, (_, _) => TestRegistry.Error(404, "NAME_UNKNOWN", "unknown"));
        await FailsAsync(RegistryErrors.NotFound, async () => await TagsAsync());
    }

    private void Pages(params string?[] bodiesAndLinks)
    {
        foreach (var page in bodiesAndLinks.Chunk(2))
        {
            Registry.Fail(_ => true, (_, _) => page[1] is { } link ? TestResponse.Json(200, page[0]!).With("Link", link) : TestResponse.Json(200, page[0]!));
        }
    }

    private async Task<List<string>> TagsAsync()
    {
        var tags = new List<string>();
        await foreach (var tag in Client.ListTagsAsync(Registry.Reference("app"), cancellationToken: Cancel))
        {
            tags.Add(tag);
        }

        return tags;
    }
}
