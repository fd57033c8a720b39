using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Builder.Diagnostics;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Engine.Sources;
using Builder.Engine.Sources.Http;
using Builder.Oci;

namespace Builder.Engine.Locking;

/// <summary>What <c>--lock</c> and <c>--locked</c> make of the lock file.</summary>
public enum LockMode
{
    /// <summary>It is not looked at.</summary>
    None,

    /// <summary>After the build it says what the build took from outside.</summary>
    Write,

    /// <summary>The build takes what it says and nothing else.</summary>
    Require,
}

/// <summary>
/// <c>Dockerfile.lock</c>: what everything that a Dockerfile names outside of its context meant when it was locked, so that it means
/// the same to everybody until somebody updates it (spec/formats.md, "Dockerfile.lock").
/// </summary>
public sealed record LockFile
{
    public const string Suffix = ".lock";

    private const int CurrentVersion = 1;
    private const int MaxSize = 4 << 20;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>Reference and platform → digest of the manifest.</summary>
    [AllowNull]
    public SortedDictionary<string, string> Images { get; init => field = value ?? []; } = new(StringComparer.Ordinal);

    /// <summary>URL → digest of the bytes.</summary>
    [AllowNull]
    public SortedDictionary<string, string> Urls { get; init => field = value ?? []; } = new(StringComparer.Ordinal);

    /// <summary>Repository and reference → commit.</summary>
    [AllowNull]
    public SortedDictionary<string, string> Git { get; init => field = value ?? []; } = new(StringComparer.Ordinal);

    internal static string KeyOf(ImageReference reference, Platform platform) => $"{reference} {platform}";

    internal static string KeyOf(HttpOperation url) => WebAddress.Shown(url.Url);

    internal static string KeyOf(GitOperation repository) => WebAddress.Shown(repository.Remote) + "#" + repository.Reference;

    /// <summary>What a graph takes from outside, as it is now.</summary>
    internal static async Task<LockFile> OfAsync(IEnumerable<Vertex> vertices, RemoteSources sources, CancellationToken cancellationToken)
    {
        var file = new LockFile();
        foreach (var operation in vertices.Select(vertex => vertex.Operation))
        {
            switch (operation)
            {
                case ImageOperation { LayoutPath: null } image:
                    file.Images[KeyOf(image.Reference, image.Platform)] = image.ManifestDigest.ToString();
                    break;
                case HttpOperation url:
                    file.Urls[KeyOf(url)] = (await sources.BodyOfAsync(url, cancellationToken)).ToString();
                    break;
                case GitOperation repository:
                    file.Git[KeyOf(repository)] = await sources.CommitIdOfAsync(repository, cancellationToken);
                    break;
            }
        }

        return file;
    }

    /// <summary>Each thing that this one and a newer one say differently: what it is, what this one says, what the other does.</summary>
    public IReadOnlyList<(string What, string? Locked, string? Now)> DifferencesFrom(LockFile now)
    {
        ArgumentNullException.ThrowIfNull(now);
        return
        [
            .. from pair in new[] { (Images, now.Images), (Urls, now.Urls), (Git, now.Git) }
               from key in pair.Item1.Keys.Union(pair.Item2.Keys).Order(StringComparer.Ordinal)
               let locked = pair.Item1.GetValueOrDefault(key)
               let current = pair.Item2.GetValueOrDefault(key)
               where locked != current
               select (key, locked, current),
        ];
    }

    /// <exception cref="BuilderException"><see cref="EngineErrors.BadLock"/>.</exception>
    public static LockFile Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxSize)
            {
                throw new BuilderException(EngineErrors.BadLock, $"the lock file {path} is larger than the {MaxSize} bytes that are read");
            }

            return JsonSerializer.Deserialize(File.ReadAllBytes(path), LockJson.Types.LockFile) is { Version: CurrentVersion } file
                ? file
                : throw new BuilderException(EngineErrors.BadLock, $"the lock file {path} is of another version", "'builder lock update' writes it anew");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(EngineErrors.BadLock, $"there is no lock file {path} that can be read", "'builder lock update' writes it", inner: e);
        }
        catch (JsonException e)
        {
            throw new BuilderException(EngineErrors.BadLock, $"the lock file {path} is damaged: {e.Message}", "'builder lock update' writes it anew");
        }
    }

    /// <exception cref="BuilderException"><see cref="EngineErrors.BadLock"/>.</exception>
    public void Write(string path)
    {
        try
        {
            var unfinished = path + ".unfinished";
            File.WriteAllBytes(unfinished, [.. JsonSerializer.SerializeToUtf8Bytes(this, LockJson.Types.LockFile), (byte)'\n']);
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(EngineErrors.BadLock, $"the lock file {path} cannot be written", inner: e);
        }
    }

    /// <summary>What is locked under a key.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.NotLocked"/>.</exception>
    internal static string Require(SortedDictionary<string, string> entries, string key, SourceSpan? span = null) =>
        entries.TryGetValue(key, out var locked) ? locked : throw new BuilderException(
            EngineErrors.NotLocked, $"{key} is not in the lock file", "the Dockerfile has changed since it was locked: 'builder lock update' adds what is new", span);
}

[JsonSerializable(typeof(LockFile))]
internal sealed partial class LockJson : JsonSerializerContext
{
    internal static readonly LockJson Types = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    });
}
