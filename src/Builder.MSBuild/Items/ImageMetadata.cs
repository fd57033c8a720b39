namespace Builder.MSBuild.Items;

/// <summary>The metadata that a <c>DockerfileImage</c> may have (spec/msbuild.md).</summary>
internal static class ImageMetadata
{
    public const string Tag = nameof(Tag);

    /// <summary>Not <c>Target</c>: MSBuild reserves that name.</summary>
    public const string TargetStage = nameof(TargetStage);
    public const string BuildArgs = nameof(BuildArgs);
    public const string Platforms = nameof(Platforms);
    public const string Outputs = nameof(Outputs);
    public const string Push = nameof(Push);
    public const string Context = nameof(Context);
    public const string Contexts = nameof(Contexts);
    public const string Secrets = nameof(Secrets);
    public const string Labels = nameof(Labels);
    public const string CacheFrom = nameof(CacheFrom);
    public const string CacheTo = nameof(CacheTo);
    public const string NoCache = nameof(NoCache);
    public const string Pull = nameof(Pull);
    public const string Network = nameof(Network);
    public const string Options = nameof(Options);
    public const string ContextName = nameof(ContextName);

    public static readonly IReadOnlyList<string> All =
    [
        Tag, TargetStage, BuildArgs, Platforms, Outputs, Push, Context, Contexts, Secrets, Labels, CacheFrom, CacheTo, NoCache, Pull, Network, Options, ContextName,
    ];

    /// <summary>The metadata that was probably meant; null for one that is known, or that somebody has for reasons of his own.</summary>
    public static string? Meant(string name) =>
        All.Contains(name, StringComparer.OrdinalIgnoreCase) ? null : All.FirstOrDefault(known => AreNear(known.ToUpperInvariant(), name.ToUpperInvariant()));

    /// <summary>One letter too many, too few or another, or the plural for the singular.</summary>
    private static bool AreNear(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 1)
        {
            return false;
        }

        var same = 0;
        while (same < a.Length && same < b.Length && a[same] == b[same])
        {
            same++;
        }

        var restA = a.Substring(same);
        var restB = b.Substring(same);
        return restA.Length == restB.Length ? restA.Skip(1).SequenceEqual(restB.Skip(1))
            : restA.Length > restB.Length ? restA.Substring(1) == restB
            : restB.Substring(1) == restA;
    }
}
