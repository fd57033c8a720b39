using Builder.Diagnostics;
using Builder.Dockerfile.Ignore;
using Builder.Engine.Copying;
using Builder.Graph.Operations;
using Builder.Linux.Files;

namespace Builder.Engine.Contexts;

/// <summary>The folders that a build reads from, by the names that the Dockerfile uses.</summary>
internal sealed class ContextFolders
{
    private const int MaxIgnoreFile = 1 << 20;
    private readonly ContextMode mode;
    private readonly Func<string, ScanCache>? scans;
    private readonly Dictionary<string, ScanCache?> memories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> folders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Lazy<IgnorePatternSet?>> ignores = new(StringComparer.Ordinal);

    /// <param name="main">The main context; one from elsewhere has no ignore file (dockerfile-language.md Q3).</param>
    /// <param name="dockerfile">The Dockerfile's path: an ignore file of its own lies beside it. Null when it is in no file.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.NoContext"/>.</exception>
    /// <param name="scans">Makes the memory of a folder; null for none.</param>
    public ContextFolders(MainContext main, string? dockerfile, ContextMode mode, Func<string, ScanCache>? scans = null)
    {
        (this.mode, this.scans) = (mode, scans);
        string[] own = dockerfile is null ? [] : [dockerfile + ".dockerignore"];
        Add(ContextOperation.MainName, main.Folder, main.IsRemote ? [] : [.. own, Path.Combine(main.Folder, ".dockerignore")]);
    }

    public void Add(string name, string folder) => Add(name, folder, [Path.Combine(folder, ".dockerignore")]);

    /// <summary>Opens a context for one reader.</summary>
    public SourceTree Open(string name) =>
        new(RootDirectory.Open(folders[name]), ignores[name].Value, ownedByRoot: true) { NormalizesModes = mode == ContextMode.Normalize, Scan = memories[name] };

    /// <summary>Keeps what was found in the folders, for the next build.</summary>
    public void Remember()
    {
        foreach (var memory in memories.Values)
        {
            memory?.Save();
        }
    }

    private void Add(string name, string folder, string[] ignoreFiles)
    {
        if (!Directory.Exists(folder))
        {
            var what = name == ContextOperation.MainName ? "build context" : $"build context '{name}'";
            throw new BuilderException(
                EngineErrors.NoContext,
                File.Exists(folder) ? $"the {what} {folder} is a file, not a folder" : $"the {what} {folder} does not exist",
                "give the folder whose files the Dockerfile copies");
        }

        folders[name] = folder;
        memories[name] = scans?.Invoke(folder);
        ignores[name] = new Lazy<IgnorePatternSet?>(() => ReadFirst(ignoreFiles));
    }

    private static IgnorePatternSet? ReadFirst(string[] files)
    {
        var file = Array.Find(files, File.Exists);
        if (file is null)
        {
            return null;
        }

        var patterns = IgnorePatternSet.Parse(new SourceText(file, Read(file)));
        return patterns.IsEmpty ? null : patterns;
    }

    /// <summary>The text of a regular file: a context may come from anywhere, and a fifo in it would be waited for.</summary>
    private static string Read(string file)
    {
        using var host = RootDirectory.Open("/");
        using var stream = new FileStream(ReadableFiles.OpenFile(host, Path.GetFullPath(file)), FileAccess.Read);
        if (stream.Length > MaxIgnoreFile)
        {
            throw new BuilderException(EngineErrors.NoContext, $"the ignore file {file} has {stream.Length} bytes, more than the {MaxIgnoreFile} that are read");
        }

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
