using System.Formats.Tar;
using Builder.EndToEnd.Support;
using Builder.MSBuild.Tests.Support;

namespace Builder.MSBuild.Tests;

/// <summary>What items can say: every metadata reaches the image, and what came out reaches later targets.</summary>
public sealed class ItemTests(PackageFeed feed)
{
    private const string Dockerfile = """
        FROM dotnet-base AS small
        ARG LEVEL
        COPY note more/other /
        COPY --from=elsewhere . /elsewhere/
        RUN --mount=type=secret,id=file --mount=type=secret,id=variable echo "$LEVEL $(cat /run/secrets/file) $(cat /run/secrets/variable)" > /said
        CMD ["cat", "/said"]
        FROM small
        RUN false
        """;

    [Fact]
    public async Task Every_metadata_reaches_the_image()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var workspace = await Workspace.CreateAsync(feed);
        var small = $"{registry.Host}/items/small:1";
        workspace.Write("docker/Dockerfile", Dockerfile);
        workspace.Write("docker/only.Dockerfile", "FROM scratch\nARG TARGETARCH\nCOPY note /note.$TARGETARCH\n");
        workspace.Write("context/note", "a note");
        workspace.Write("context/more/other", "another");
        workspace.Write("elsewhere/file", "from elsewhere");
        workspace.Write("items/secret.txt", "from a file");
        workspace.Project("items", "<DockerfilePublishContext>false</DockerfilePublishContext>", $"""
            <ItemDefinitionGroup><DockerfileImage><Context>../context</Context></DockerfileImage></ItemDefinitionGroup>
            <ItemGroup>
              <DockerfileImage Include="../docker/Dockerfile" Tag="{small}" TargetStage="small" BuildArgs="LEVEL=a%3Bb;UNUSED" Push="true"
                  Secrets="id=file,src=secret.txt;id=variable,env=ITEMS_SECRET" Contexts="elsewhere=../elsewhere" Labels="one=1;two=a=b"
                  Outputs="type=docker,dest=out/small.tar;type=oci,dest=out/small.oci.tar" />
              <DockerfileImage Include="../docker/only.Dockerfile" Tag="items-only:1" Platforms="linux/amd64;linux/arm64" />
            </ItemGroup>
            """);
        var how = new ToolOptions { Environment = new Dictionary<string, string> { ["ITEMS_SECRET"] = "from a variable" } };
        (await workspace.DotnetAsync("items", ["restore"], null)).ExpectSuccess();
        var run = (await workspace.DotnetAsync("items", ["msbuild", "-t:BuildImage"], how)).ExpectSuccess();

        Assert.Equal("a;b from a file from a variable\n", await workspace.RunImageAsync(small));
        Assert.DoesNotContain(run.Messages, message => message.Contains("from a variable", StringComparison.Ordinal) || message.Contains("from a file", StringComparison.Ordinal));
        Assert.Equal("from elsewhere", await workspace.RunImageAsync(small, "cat", "/elsewhere/file"));
        var config = (await feed.BuilderAsync("inspect", small)).ExpectSuccess().Output;
        Assert.Contains("\"two\": \"a=b\"", config, StringComparison.Ordinal);

        var built = workspace.Built("items");
        Assert.Equal(2, built.Count);
        Assert.Equal((true, workspace.PathOf("items/out/small.tar")), (built[0].Pushed, built[0].ArchivePath));
        Assert.Contains("manifest.json", EntriesOf(built[0].ArchivePath));
        Assert.Contains("oci-layout", EntriesOf(workspace.PathOf("items/out/small.oci.tar")));
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Accept.ParseAdd("application/vnd.oci.image.manifest.v1+json");
        var pushed = await client.GetAsync(new Uri($"http://{registry.Host}/v2/items/small/manifests/{built[0].Digest}"), TestContext.Current.CancellationToken);
        Assert.True(pushed.IsSuccessStatusCode, $"{built[0].Digest} is not in the registry: {pushed.StatusCode}");
        Assert.Equal(["linux/amd64", "linux/arm64"], await PlatformsOfAsync("items-only:1"));

        Assert.False((await workspace.DotnetAsync("items", ["msbuild", "-t:BuildImage"], how)).ExpectSuccess().HasBuilt);
        File.Delete(built[0].ArchivePath);
        Assert.True((await workspace.DotnetAsync("items", ["msbuild", "-t:BuildImage"], how)).ExpectSuccess().HasBuilt);
        Assert.True(File.Exists(built[0].ArchivePath));

        (await workspace.DotnetAsync("items", "msbuild", "-t:Clean")).ExpectSuccess();
        Assert.Empty(Directory.GetFiles(workspace.PathOf("items/out")));
        Assert.False(await workspace.IsInStoreAsync(small));
        Assert.False(await workspace.IsInStoreAsync("items-only:1"));
    }

    private static List<string> EntriesOf(string archive)
    {
        using var reader = new TarReader(File.OpenRead(archive));
        var names = new List<string>();
        while (reader.GetNextEntry() is { } entry)
        {
            names.Add(entry.Name);
        }

        return names;
    }

    private async Task<IEnumerable<string>> PlatformsOfAsync(string image)
    {
        var list = (await feed.BuilderAsync("manifest", "inspect", image)).ExpectSuccess().Output;
        return from platform in (string[])["linux/amd64", "linux/arm64"]
               where list.Contains($"\"architecture\": \"{platform[6..]}\"", StringComparison.Ordinal)
               select platform;
    }
}
