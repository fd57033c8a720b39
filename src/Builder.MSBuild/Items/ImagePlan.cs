using Builder.MSBuild.Incremental;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Builder.MSBuild.Items;

/// <summary>
/// One image to build: what the program is given, and which files tell whether it has to be. Travels through the targets as an
/// item, under these very names.
/// </summary>
internal sealed record ImagePlan
{
    /// <summary>Unique in the project, and fit for a file's name.</summary>
    public required string Key { get; init; }

    /// <summary>Absolute.</summary>
    public required string Dockerfile { get; init; }

    /// <summary>Absolute.</summary>
    public required string Context { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public string TargetStage { get; init; } = "";

    public IReadOnlyList<string> Platforms { get; init; } = [];

    public bool Push { get; init; }

    /// <summary>What other projects' Dockerfiles call it.</summary>
    public required string ContextName { get; init; }

    /// <summary>Of the program, behind <c>build</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Absolute paths of folders and files that the result depends on, besides the Dockerfile and the context.</summary>
    public IReadOnlyList<string> OtherInputs { get; init; } = [];

    /// <summary>What contexts are that are no files: the ids of other projects' images.</summary>
    public IReadOnlyList<string> Identities { get; init; } = [];

    /// <summary>Absolute paths of the archives that the build writes.</summary>
    public IReadOnlyList<string> OutputFiles { get; init; } = [];

    /// <summary>The first of them that is an image; empty when there is none.</summary>
    public string ArchivePath { get; init; } = "";

    /// <summary>Where <see cref="InputsFile"/> and <see cref="ResultFile"/> are.</summary>
    public required string Folder { get; init; }

    /// <summary>A digest of everything that goes in; written only when it changes, so that its time says when that was.</summary>
    public string InputsFile => Path.Combine(Folder, Key + ".inputs");

    /// <summary>What came out (<see cref="ImageResult"/>); written last, so that it exists only for an image that does.</summary>
    public string ResultFile => Path.Combine(Folder, Key + ".image");

    public ITaskItem ToItem()
    {
        var item = new TaskItem(Escaping.Escape(Key));
        void Set(string name, string value) => item.SetMetadata(name, Escaping.Escape(value));
        void SetList(string name, IEnumerable<string> values) => item.SetMetadata(name, Escaping.Join(values));
        Set(nameof(Dockerfile), Dockerfile);
        Set(nameof(Context), Context);
        SetList(nameof(Tags), Tags);
        Set(nameof(TargetStage), TargetStage);
        SetList(nameof(Platforms), Platforms);
        Set(nameof(Push), Push ? "true" : "false");
        Set(nameof(ContextName), ContextName);
        Set(nameof(Arguments), ArgumentText.Join(Arguments));
        SetList(nameof(OtherInputs), OtherInputs);
        SetList(nameof(Identities), Identities);
        SetList(nameof(OutputFiles), OutputFiles);
        Set(nameof(ArchivePath), ArchivePath);
        Set(nameof(Folder), Folder);
        Set(nameof(InputsFile), InputsFile);
        Set(nameof(ResultFile), ResultFile);
        return item;
    }

    public static ImagePlan Of(ITaskItem item)
    {
        var reader = new ItemReader(item);
        return new ImagePlan
        {
            Key = item.ItemSpec,
            Dockerfile = reader.Text(nameof(Dockerfile)),
            Context = reader.Text(nameof(Context)),
            Tags = reader.List(nameof(Tags)),
            TargetStage = reader.Text(nameof(TargetStage)),
            Platforms = reader.List(nameof(Platforms)),
            Push = reader.Flag(nameof(Push), false),
            ContextName = reader.Text(nameof(ContextName)),
            Arguments = ArgumentText.Split(reader.Text(nameof(Arguments))),
            OtherInputs = reader.List(nameof(OtherInputs)),
            Identities = reader.List(nameof(Identities)),
            OutputFiles = reader.List(nameof(OutputFiles)),
            ArchivePath = reader.Text(nameof(ArchivePath)),
            Folder = reader.Text(nameof(Folder)),
        };
    }
}
