using System.Text;
using Builder.Diagnostics;
using Builder.Engine.Copying;
using Builder.Engine.Sources;
using Builder.Engine.Sources.Http;
using Builder.Graph.Operations;
using Builder.Linux;
using Builder.Linux.Files;

namespace Builder.Engine.Contexts;

/// <summary>Finds and reads the Dockerfile of a build.</summary>
internal static class DockerfileReader
{
    private const string DefaultName = "Dockerfile";
    private const string LowerName = "dockerfile";
    private const int MaxSize = 64 << 20;

    /// <summary>A request whose <c>-f</c> is a URL, with what is there as its Dockerfile; any other as it is.</summary>
    /// <exception cref="BuilderException">See <see cref="SourceErrors"/>; <see cref="EngineErrors.NoDockerfile"/>.</exception>
    public static async Task<BuildRequest> FetchAsync(BuildRequest request, RemoteSources sources, CancellationToken cancellationToken)
    {
        if (request.DockerfilePath is not { } url || !(url.StartsWith("https://", StringComparison.Ordinal) || url.StartsWith("http://", StringComparison.Ordinal)))
        {
            return request;
        }

        var fetched = await sources.FetchAsync(new HttpOperation(url, DefaultName, null), (_, _) => { }, cancellationToken);
        return request with { DockerfilePath = null, Dockerfile = new SourceText(WebAddress.Shown(url), ReadInside(fetched.Snapshot.Path, DefaultName).Text) };
    }

    /// <summary>Where the Dockerfile of a folder context is; null when it is in no file, or inside a context from elsewhere.</summary>
    public static string? PathOf(BuildRequest request, MainContext context)
    {
        if (request.Dockerfile is not null || context.IsRemote)
        {
            return null;
        }

        var standard = Path.Combine(context.Folder, DefaultName);
        var lower = Path.Combine(context.Folder, LowerName);
        return request.DockerfilePath ?? (!File.Exists(standard) && File.Exists(lower) ? lower : standard);
    }

    /// <exception cref="BuilderException"><see cref="EngineErrors.NoDockerfile"/>.</exception>
    public static SourceText Read(BuildRequest request, MainContext context) =>
        request.Dockerfile ?? context.Dockerfile
            ?? (PathOf(request, context) is { } path ? ReadFile(path) : ReadInside(context.Folder, request.DockerfilePath));

    /// <summary>A path in a context from elsewhere is one inside it: a link in it leads nowhere else (CVE-2026-44517).</summary>
    private static SourceText ReadInside(string folder, string? path)
    {
        using var root = RootDirectory.Open(folder);
        var name = path ?? (root.TryStat(GuestPath.FromText(DefaultName)) is null && root.TryStat(GuestPath.FromText(LowerName)) is not null ? LowerName : DefaultName);
        try
        {
            using var stream = new FileStream(root.OpenFile(LinkResolver.Resolve(root, GuestPath.FromText(name))), FileAccess.Read);
            CheckLength(name, stream.Length);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return new SourceText(name, reader.ReadToEnd());
        }
        catch (LinuxException e)
        {
            throw new BuilderException(
                EngineErrors.NoDockerfile,
                $"failed to read dockerfile: {name}: no such file in the build context",
                "with a context from standard input, a URL or a repository, -f names a file inside it", inner: e);
        }
    }

    private static SourceText ReadFile(string path)
    {
        try
        {
            CheckLength(path, new FileInfo(path).Length);
            return new SourceText(path, File.ReadAllText(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BuilderException(
                EngineErrors.NoDockerfile,
                $"failed to read dockerfile: {path}: no such file",
                "name it with -f, or give the folder that holds it as the build context",
                inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(EngineErrors.NoDockerfile, $"failed to read dockerfile: {path}: {(Directory.Exists(path) ? "it is a folder" : "permission denied")}", inner: e);
        }
    }

    private static void CheckLength(string path, long length)
    {
        if (length > MaxSize)
        {
            throw new BuilderException(EngineErrors.NoDockerfile, $"the Dockerfile {path} has {length} bytes, more than the {MaxSize} that are read");
        }
    }
}
