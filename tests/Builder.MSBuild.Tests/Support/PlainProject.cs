namespace Builder.MSBuild.Tests.Support;

/// <summary>A project that compiles nothing, restored once: what tests of Dockerfiles and items start from, with little to wait for.</summary>
public sealed class PlainProject(PackageFeed feed) : IAsyncLifetime
{
    private Workspace? workspace;

    public Workspace Workspace => workspace!;

    public string PathOf(string name) => Workspace.PathOf($"plain/{name}");

    public async ValueTask InitializeAsync()
    {
        workspace = await Workspace.CreateAsync(feed);
        workspace.Project("plain", "<DockerfilePublishContext>false</DockerfilePublishContext>", "<Import Project=\"$(Items)\" Condition=\"'$(Items)' != ''\" />");
        (await workspace.DotnetAsync("plain", "restore")).ExpectSuccess();
    }

    /// <summary>Builds the image of a Dockerfile of this name, with further properties as <c>Name=Value</c>.</summary>
    public Task<BuildRun> BuildAsync(string name, string dockerfile, params string[] properties)
    {
        Workspace.Write($"plain/{name}", dockerfile);
        return RunAsync([$"DockerfilePath={name}", $"ContainerRepository={name.ToLowerInvariant()}", .. properties]);
    }

    /// <summary>Builds what items say.</summary>
    public Task<BuildRun> BuildItemsAsync(string items)
    {
        Workspace.Write("plain/items.props", $"<Project><ItemGroup>{items}</ItemGroup></Project>");
        return RunAsync(["Items=items.props"]);
    }

    public Task<BuildRun> RunAsync(params string[] properties) =>
        Workspace.DotnetAsync("plain", ["msbuild", "-t:BuildImage", .. properties.Select(property => $"-p:{property}")]);

    public ValueTask DisposeAsync()
    {
        workspace?.Dispose();
        return ValueTask.CompletedTask;
    }
}
