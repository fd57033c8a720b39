using Builder.Diagnostics;
using Builder.Dockerfile;
using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;
using Builder.Graph.Compilation.Checks;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>
/// Goes through the instructions of one stage, each of which changes the state: the config, the variables, the history,
/// and for some a new vertex on top of the root.
/// </summary>
internal sealed partial class StageCompiler
{
    private readonly CompilationScope scope;
    private readonly StagePlan plan;
    private readonly StageState state;
    private readonly StepNames names;
    private readonly bool ignoreCache;
    private char escape;

    private StageCompiler(CompilationScope scope, StagePlan plan)
    {
        this.scope = scope;
        this.plan = plan;
        var platform = plan.Platform ?? (plan.Base is StageOrigin stage ? scope.StateOf(stage.Index).Platform : scope.Options.TargetPlatform);
        names = new StepNames(plan, scope.Dockerfile.Stages.Length, scope.Options.NamePlatform ? platform.ToString() : null);
        ignoreCache = scope.Options.NoCache
            || (plan.Syntax.Name is { } name && scope.Options.NoCacheStages.Contains(name, StringComparer.OrdinalIgnoreCase));
        state = Start(platform);
    }

    /// <summary>Compiles a stage whose earlier stages are in the scope already.</summary>
    /// <param name="errors">Gets what is wrong with its instructions; each is left out, so that the others are looked at too.</param>
    public static StageState Compile(CompilationScope scope, StagePlan plan, ErrorList errors)
    {
        var compiler = new StageCompiler(scope, plan);
        foreach (var (instruction, escape) in plan.Instructions)
        {
            compiler.escape = escape;
            try
            {
                compiler.Check(instruction);
                compiler.Compile(instruction);
            }
            catch (BuilderException e)
            {
                errors.Add(e.At(instruction.Span));
            }
        }

        compiler.state.Finish();
        return compiler.state;
    }

    /// <summary>Asks the checks before the instruction takes effect, and sees to it that they hear of undefined variables.</summary>
    private void Check(Instruction instruction)
    {
        scope.Expander.Undefined = null;
        if (IsOfFile(instruction))
        {
            scope.Findings.AddRange(CompilationChecks.Of(instruction, new StageView(state, escape, scope.Options.Context)));
            if (instruction is OnbuildInstruction onbuild && InstructionParser.TryParseTrigger(onbuild, escape) is { } trigger)
            {
                scope.Findings.AddRange(CompilationChecks.OfTrigger(trigger, new StageView(state, '\\', scope.Options.Context)));
            }

            scope.Expander.Undefined = (name, word) => Report(UndefinedVarCheck.Look(name, word, instruction, state, scope));
        }
    }

    private void Compile(Instruction instruction)
    {
        switch (instruction)
        {
            case ArgInstruction arg: Arg(arg); break;
            case EnvInstruction env: Env(env); break;
            case LabelInstruction label: Label(label); break;
            case RunInstruction run: Run(run); break;
            case CopyInstruction copy: Copy(copy); break;
            case AddInstruction add: Add(add); break;
            case WorkdirInstruction workdir: Workdir(workdir); break;
            case UserInstruction user: User(user); break;
            case CmdInstruction cmd: Cmd(cmd); break;
            case EntrypointInstruction entrypoint: Entrypoint(entrypoint); break;
            case ShellInstruction shell: Shell(shell); break;
            case ExposeInstruction expose: Expose(expose); break;
            case VolumeInstruction volume: Volume(volume); break;
            case StopSignalInstruction signal: Signal(signal); break;
            case HealthcheckInstruction healthcheck: HealthCheck(healthcheck); break;
            case MaintainerInstruction maintainer: Maintainer(maintainer); break;
            case OnbuildInstruction onbuild: Onbuild(onbuild); break;
            default: throw new ArgumentException($"{instruction.Name} is no instruction of a stage", nameof(instruction));
        }
    }

    private StageState Start(Platform platform)
    {
        if (platform.Os == "windows")
        {
            throw new BuilderException(GraphErrors.InvalidPlatform, "images for windows cannot be built here", span: plan.Syntax.From.Span);
        }

        var from = plan.Syntax.From;
        switch (plan.Base)
        {
            case StageOrigin stage:
                names.Next(from.Code);
                var child = scope.StateOf(stage.Index).Child(platform);
                child.Config = child.Config with { OnBuild = null };
                return child;

            case ImageOrigin image:
                Report(InvalidBaseImagePlatformCheck.Look(image, from));
                var root = scope.ImageVertex(image, names.Next($"FROM {image.Image.Reference}"), from.Span);
                var based = StageState.Of(image.Image, root, platform);
                based.Config = plan.IsReplaced ? based.Config : based.Config with { OnBuild = null };
                return based;

            case SourceOrigin source:
                var files = FilesOf(source.Operation, from);
                var state = StageState.Empty(files, platform);
                state.Steps.Add(new BlueprintStep(null, files));
                return state;

            default:
                return StageState.Empty(null, platform);
        }
    }

    /// <summary>The root of a stage that starts from a named context: a folder has to be copied, other sources are roots.</summary>
    private Vertex FilesOf(Operation operation, FromInstruction from)
    {
        var source = scope.SourceVertex(operation);
        var name = names.Next(from.Code);
        if (operation.HasResult)
        {
            return source;
        }

        var copy = new CopyOperation("/", true) { Sources = [new CopySource(1, "/")] };
        return scope.Graph.Add(copy, [scope.Graph.OrScratch(null), source], null, name, from.Span, ignoreCache);
    }

    /// <summary>Triggers of an image stand in another file, where the user of this one can mend nothing.</summary>
    private bool IsOfFile(Instruction instruction) => ReferenceEquals(instruction.Span.Source, scope.Dockerfile.Source);

    private void Report(Finding? finding)
    {
        if (finding is not null)
        {
            scope.Findings.Add(finding);
        }
    }

    private string Expand(Word word) => scope.Expander.Expand(word, state.Variables, escape);

    /// <summary>An instruction that changes no files.</summary>
    private void Record(string history) => state.Steps.Add(new BlueprintStep(history, null));

    /// <summary>An instruction that made a layer.</summary>
    private void Record(string history, Vertex layer)
    {
        state.Root = layer;
        state.Steps.Add(new BlueprintStep(history, layer));
    }

    private Vertex Step(Operation operation, IReadOnlyList<Vertex> inputs, Instruction instruction, Platform? platform = null) =>
        scope.Graph.Add(operation, inputs, platform, names.Next(instruction.Code), instruction.Span, ignoreCache || instruction.Span.Line == scope.Options.NoCacheLine, BuilderDirective.CacheTtlOf(instruction) ?? scope.Options.CacheTtl);
}
