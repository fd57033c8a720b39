using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>What a stage has come to at some instruction. A stage that starts from this one starts with a copy.</summary>
internal sealed class StageState
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static readonly IReadOnlyList<string> DefaultShell = ["/bin/sh", "-c"];

    private StageState(Vertex? root, ResolvedBase? baseImage, Platform platform, ExecutionConfig config, VariableMap variables)
    {
        Root = root;
        Base = baseImage;
        Platform = platform;
        Config = config;
        Variables = variables;
        Author = baseImage?.Config.Author;
    }

    /// <summary>The last vertex that changed files; null while there are none.</summary>
    public Vertex? Root { get; set; }

    public ResolvedBase? Base { get; }

    public Platform Platform { get; private init; }

    public ExecutionConfig Config { get; set; }

    public string? Author { get; set; }

    /// <summary>What a RUN finds in its environment and words are expanded with: ENV and ARG, whichever came last.</summary>
    public VariableMap Variables { get; private init; }

    /// <summary>The names that ARG declared, in order of first declaration; their values are in <see cref="Variables"/>.</summary>
    public VariableMap Args { get; private init; } = new();

    /// <summary>
    /// The variables of the image, once an ENV has changed them; <see cref="Finish"/> puts them into the config, so that a
    /// thousand ENVs do not make a thousand lists.
    /// </summary>
    public VariableMap? ImageVariables { get; set; }

    /// <summary>The labels, once a LABEL has changed them; <see cref="Finish"/> puts them into the config.</summary>
    public SortedDictionary<string, string>? Labels { get; set; }

    /// <summary>What the stage's own instructions left.</summary>
    public List<BlueprintStep> Steps { get; } = [];

    /// <summary>
    /// What the image's history is made of, in order: the steps of the stages below come first. They are not copied from stage
    /// to stage, so that a thousand stages on top of each other do not make a million entries.
    /// </summary>
    public IReadOnlyList<BlueprintStep> AllSteps
    {
        get
        {
            var stages = new Stack<StageState>();
            for (var stage = this; stage is not null; stage = stage.Below)
            {
                stages.Push(stage);
            }

            return [.. stages.SelectMany(stage => stage.Steps)];
        }
    }

    /// <summary>The stage that this one is built on, which is finished.</summary>
    private StageState? Below { get; init; }

    /// <summary>Whether this stage itself has a CMD, which an ENTRYPOINT then leaves alone.</summary>
    public bool HasOwnCommand { get; set; }

    /// <summary>Whether this stage or one that it is built on has a WORKDIR; that of a base image does not count.</summary>
    public bool HasWorkdir { get; set; }

    public string WorkingDirectory => Config.WorkingDir is { Length: > 0 } directory ? directory : "/";

    public IReadOnlyList<string> Shell => Config.Shell is { Count: > 0 } shell ? shell : DefaultShell;

    public static StageState Empty(Vertex? root, Platform platform) =>
        Start(root, null, platform, new ExecutionConfig { WorkingDir = "/" });

    public static StageState Of(ResolvedBase image, Vertex root, Platform platform) =>
        Start(root, image, platform, image.Config.Execution ?? new ExecutionConfig());

    /// <summary>The config as the stage's last instruction leaves it.</summary>
    public void Finish()
    {
        Config = Config with { Env = ImageVariables?.Lines ?? Config.Env, Labels = Labels ?? Config.Labels };
        (ImageVariables, Labels) = (null, null);
    }

    /// <summary>How a stage starts that is built on this one.</summary>
    public StageState Child(Platform platform) => new(Root, Base, platform, Config, Variables.Copy())
    {
        Author = Author,
        HasWorkdir = HasWorkdir,
        Args = Args.Copy(),
        Below = this,
    };

    private static StageState Start(Vertex? root, ResolvedBase? image, Platform platform, ExecutionConfig config)
    {
        var variables = VariableMap.Parse(config.Env ?? []);
        if (!variables.Contains("PATH"))
        {
            variables.Set("PATH", DefaultPath);
            config = config with { Env = [.. config.Env ?? [], "PATH=" + DefaultPath] };
        }

        return new StageState(root, image, platform, config, variables);
    }
}
