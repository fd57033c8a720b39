using Builder.MSBuild.Tests.Support;

namespace Builder.MSBuild.Tests;

/// <summary>A console program with a Dockerfile, from the first publish to clean.</summary>
public sealed class ConsoleProjectTests(PackageFeed feed)
{
    private const string Dockerfile = "FROM dotnet-base\nRUN echo noted > /note\nCOPY --from=publish . /app\nENTRYPOINT [\"dotnet\", \"/app/Hello.dll\"]\n";

    [Fact]
    public async Task An_image_is_built_once_for_each_change_and_goes_with_clean()
    {
        using var workspace = await Workspace.CreateAsync(feed);
        workspace.Project("Hello", "<OutputType>Exe</OutputType><Version>1.2.0+build.7</Version>");
        workspace.Write("Hello/Program.cs", "System.Console.WriteLine($\"hello, {System.IO.File.ReadAllText(\"/note\").Trim()}, {string.Join('+', args)}\");");
        workspace.Write("Hello/Dockerfile", Dockerfile);

        var first = (await workspace.DotnetAsync("Hello", "publish", "-t:BuildImage")).ExpectSuccess();
        Assert.True(first.HasBuilt);
        Assert.Contains("Hello -> hello:1.2.0-build.7, hello:latest (sha256:", first.Result.Output, StringComparison.Ordinal);
        Assert.Equal("hello, noted, a+b\n", await workspace.RunImageAsync("hello", "a", "b"));
        var image = Assert.Single(workspace.Built("Hello"));
        Assert.Equal(["hello:1.2.0-build.7", "hello:latest"], image.Tags);
        Assert.Matches("^sha256:[0-9a-f]{64}$", image.ImageId);
        Assert.Matches("^sha256:[0-9a-f]{64}$", image.Digest);
        Assert.False(image.Pushed);
        AssertLogTellsAll(workspace, first);
        AssertOneAssemblyWasLoaded(first);

        var second = (await workspace.DotnetAsync("Hello", "publish", "-t:BuildImage", "--no-restore")).ExpectSuccess();
        Assert.True(second.HasSkipped && !second.HasBuilt, "nothing had changed, and the image was built again");
        Assert.Equal(image, Assert.Single(workspace.Built("Hello")) with { Tags = image.Tags });

        workspace.Write("Hello/Dockerfile", Dockerfile.Replace("noted", "changed", StringComparison.Ordinal));
        Assert.True((await workspace.DotnetAsync("Hello", "publish", "-t:BuildImage", "--no-restore", "--no-build")).ExpectSuccess().HasBuilt);
        Assert.Equal("hello, changed, \n", await workspace.RunImageAsync("hello"));

        // An image that somebody has removed is not up to date.
        await feed.BuilderAsync("rmi", "hello:latest");
        Assert.True((await workspace.DotnetAsync("Hello", "publish", "-t:BuildImage", "--no-restore", "--no-build")).ExpectSuccess().HasBuilt);
        Assert.True(await workspace.IsInStoreAsync("hello:latest"));

        (await workspace.DotnetAsync("Hello", "clean", "-c", "Release")).ExpectSuccess();
        Assert.False(await workspace.IsInStoreAsync("hello:1.2.0-build.7"));
        Assert.False(await workspace.IsInStoreAsync("hello:latest"));
        Assert.False(Directory.Exists(workspace.PathOf("Hello/obj/Release/net10.0/images")));
    }

    /// <summary>Steps and their output are messages of the log, and the Dockerfile is in it.</summary>
    private static void AssertLogTellsAll(Workspace workspace, BuildRun run)
    {
        Assert.Contains(run.Messages, message => message.EndsWith("RUN echo noted > /note", StringComparison.Ordinal));
        Assert.Contains(run.Messages, message => message.Contains(" DONE ", StringComparison.Ordinal));
        Assert.Contains(run.Messages, message => message.StartsWith("builder build --progress=rawjson", StringComparison.Ordinal));
        Assert.Contains(run.EmbeddedFiles, path => path.EndsWith(workspace.PathOf("Hello/Dockerfile"), StringComparison.Ordinal));
        Assert.Empty(run.Errors);
        Assert.Empty(run.Warnings);
    }

    /// <summary>Nothing of Builder is in MSBuild's process but the tasks, and nothing that they would bring along.</summary>
    private static void AssertOneAssemblyWasLoaded(BuildRun run)
    {
        var loaded = run.Messages.Where(message => message.StartsWith("Assembly loaded", StringComparison.Ordinal) && message.Contains("/builder.msbuild/", StringComparison.Ordinal)).ToList();
        Assert.Contains(": Builder.MSBuild, Version=", Assert.Single(loaded), StringComparison.Ordinal);
    }
}
