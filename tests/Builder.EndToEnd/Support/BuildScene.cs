namespace Builder.EndToEnd.Support;

/// <summary>A builder, a busybox base called <c>base</c>, and a context: what a test of RUN starts from.</summary>
public sealed class BuildScene : IDisposable
{
    public BuildScene(Caller caller = Caller.Root, Flavour flavour = Flavour.Native)
    {
        Builder = new BuilderProgram(flavour, caller);
        BusyboxBase.Make(Builder.Files.PathOf("base"));
        Context = Builder.Files.Folder("context");
    }

    public BuilderProgram Builder { get; }

    public string Context { get; }

    public TestFolder Files => Builder.Files;

    /// <summary>Builds a Dockerfile; RUN steps say themselves what they expect, and fail when it is not so.</summary>
    public Task<ToolResult> BuildAsync(string dockerfile, params string[] options) => BuildAsync(dockerfile, options, null);

    public Task<ToolResult> BuildAsync(string dockerfile, string[] options, ToolOptions? how)
    {
        Files.Write("context/Dockerfile", dockerfile);
        return Builder.RunAsync(["build", "--progress=plain", "--build-context", $"base={Files.PathOf("base")}", .. options, Context], how);
    }

    /// <summary>The paths of an image's own files, the base's left out.</summary>
    public async Task<IReadOnlyList<string>> FilesOfAsync(string dockerfile, params string[] options)
    {
        var files = Files.PathOf("files-" + Guid.NewGuid().ToString("N"));
        (await BuildAsync(dockerfile, ["-o", $"type=local,dest={files}", .. options])).ExpectSuccess();
        return
        [
            .. Directory.EnumerateFileSystemEntries(files, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(files, path))
                .Where(path => !path.StartsWith("bin/", StringComparison.Ordinal) && path is not ("bin" or "etc" or "tmp" or "etc/passwd" or "etc/group"))
                .Order(StringComparer.Ordinal),
        ];
    }

    public void Dispose() => Builder.Dispose();
}
