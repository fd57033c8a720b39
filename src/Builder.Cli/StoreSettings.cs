using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Images;
using Builder.Storage;
using Builder.Storage.Garbage;
using Builder.Storage.Snapshots;

namespace Builder.Cli;

/// <summary>
/// How the store is used: options that every verb has, each with a variable of the environment for those who always want the
/// same. An option sets the variable for this run, so that the program, started once more in a user namespace, sees it too.
/// </summary>
internal static class StoreSettings
{
    private static readonly (Option<string?> Option, string Variable)[] All =
    [
        (Setting("--fsync", "What waits for the disk: always (everything), commit (blobs and names) or never (default: commit)", "policy"), "BUILDER_FSYNC"),
        (Setting("--store-layers", "New layers are promised (lazy) or written as blobs at once (written), for other tools to read the store (default: lazy)", "mode"), "BUILDER_STORE_LAYERS"),
        (Setting("--snapshotter", "How a step's files lie on its parent's: overlay, copy, or auto for what the machine can (default: auto)", "kind"), "BUILDER_SNAPSHOTTER"),
        (Setting("--store-budget", "After a build, remove what has not been used for longest until the store is no larger than this", "size"), "BUILDER_STORE_BUDGET"),
        (Setting("--store-min-free", "After a build, remove what has not been used for longest until this much of the disk is free", "size"), "BUILDER_STORE_MIN_FREE"),
    ];

    public static StoreOptions Options => new()
    {
        Root = StoreLocation.Root,
        Fsync = Variable("BUILDER_FSYNC") switch
        {
            null or "commit" => FsyncPolicy.Commit,
            "always" => FsyncPolicy.Always,
            "never" => FsyncPolicy.Never,
            var other => throw new BuilderException(CliErrors.Usage, $"unknown fsync policy '{other}'", "it is always, commit or never"),
        },
        WritesLayers = Variable("BUILDER_STORE_LAYERS") switch
        {
            null or "lazy" => false,
            "written" => true,
            var other => throw new BuilderException(CliErrors.Usage, $"unknown way to store layers '{other}'", "it is lazy or written"),
        },
        Snapshotter = Variable("BUILDER_SNAPSHOTTER") switch
        {
            null or "auto" => Snapshotter.Auto,
            "overlay" => Snapshotter.Overlay,
            "copy" => Snapshotter.Copy,
            var other => throw new BuilderException(CliErrors.Usage, $"unknown snapshotter '{other}'", "it is auto, overlay or copy"),
        },
        Warn = sentence => Terminal.WriteErrorLine("warning: " + Terminal.Harmless(sentence)),
    };

    /// <summary>What is removed after a build; null when no budget is set.</summary>
    public static PrunePolicy? Budget
    {
        get
        {
            var (size, free) = (SizeOf("BUILDER_STORE_BUDGET"), SizeOf("BUILDER_STORE_MIN_FREE"));
            return size is null && free is null ? null : new PrunePolicy { Dangling = true, Steps = true, MaxUsedBytes = size, MinFreeBytes = free };
        }
    }

    /// <summary>The variable of each option.</summary>
    public static IEnumerable<(string Option, string Variable)> Variables => All.Select(pair => (pair.Option.Name, pair.Variable));

    public static void AddTo(RootCommand root)
    {
        foreach (var (option, _) in All)
        {
            root.Options.Add(option);
        }
    }

    public static void Apply(ParseResult parsed)
    {
        foreach (var (option, variable) in All)
        {
            if (parsed.GetValue(option) is { } value)
            {
                Environment.SetEnvironmentVariable(variable, value);
            }
        }
    }

    private static Option<string?> Setting(string name, string description, string helpName) => new(name) { Description = description, HelpName = helpName, Recursive = true };

    private static long? SizeOf(string variable) => Variable(variable) is { } text ? ByteSizes.Parse(text) : null;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
