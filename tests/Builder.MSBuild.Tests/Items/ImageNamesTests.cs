using Builder.MSBuild.Items;

namespace Builder.MSBuild.Tests.Items;

public class ImageNamesTests
{
    [Theory]
    [InlineData("My.App", "my.app")]
    [InlineData("Team/My App", "team/my-app")]
    [InlineData("_App-", "app")]
    [InlineData("日本", "image")]
    public void A_repository_is_what_registries_take(string name, string repository) => Assert.Equal(repository, ImageNames.Repository(name));

    [Fact]
    public void A_name_has_registry_tag_and_framework() =>
        Assert.Equal(["ghcr.io/app:1.0-beta-x-net10.0", "ghcr.io/app:latest-net10.0"], ImageNames.Of("ghcr.io/", "App", ["1.0-beta+x", "latest", "latest"], "net10.0"));

    [Fact]
    public void A_tag_is_no_longer_than_it_may_be() => Assert.Equal(128, ImageNames.Tag(new string('a', 200)).Length);

    [Theory]
    [InlineData("app", "app")]
    [InlineData("localhost:5000/team/api:1.0", "api")]
    [InlineData("api@sha256:00", "api")]
    public void Other_projects_know_it_by_its_last_part(string reference, string name) => Assert.Equal(name, ImageNames.Short(reference));

    [Theory]
    [InlineData("Tags", "Tag")]
    [InlineData("BuildArg", "BuildArgs")]
    [InlineData("plattforms", "Platforms")]
    [InlineData("Tag", null)]
    [InlineData("Owner", null)]
    [InlineData("FullPath", null)]
    public void A_slip_of_the_pen_is_noticed(string written, string? meant) => Assert.Equal(meant, ImageMetadata.Meant(written));
}
