using Builder.Diagnostics;
using Builder.Storage.Snapshots;

namespace Builder.Cli;

/// <summary>Where the store is (spec/architecture.md, "On disk").</summary>
internal static class StoreLocation
{
    private const string SystemFolder = "/var/lib/builder";

    public static string Root => Choose(Environment.GetEnvironmentVariable, Linux.Isolation.UserNamespace.Current.IsInitial && Environment.IsPrivilegedProcess);

    /// <summary>What <c>--snapshotter</c> says, which wins over the environment.</summary>
    public static string? SnapshotterChoice { get; set; }

    /// <exception cref="BuilderException"><see cref="CliErrors.Usage"/>.</exception>
    public static Snapshotter Snapshotter => SnapshotterOf(SnapshotterChoice ?? Environment.GetEnvironmentVariable("BUILDER_SNAPSHOTTER"));

    internal static Snapshotter SnapshotterOf(string? text) => text switch
    {
        null or "" or "auto" => Snapshotter.Auto,
        "overlay" => Snapshotter.Overlay,
        "copy" => Snapshotter.Copy,
        var other => throw new BuilderException(CliErrors.Usage, $"unknown snapshotter '{other}'", "it is auto, overlay or copy"),
    };

    /// <param name="isRoot">Real root, not that of a user namespace, who still works in the user's home.</param>
    internal static string Choose(Func<string, string?> variable, bool isRoot)
    {
        if (variable("BUILDER_ROOT") is { Length: > 0 } chosen)
        {
            return Path.GetFullPath(chosen);
        }

        if (isRoot)
        {
            return SystemFolder;
        }

        var data = variable("XDG_DATA_HOME") is { Length: > 0 } given ? given : Path.Combine(variable("HOME") ?? "/", ".local", "share");
        return Path.Combine(data, "builder");
    }
}
