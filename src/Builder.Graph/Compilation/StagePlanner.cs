using Builder.Diagnostics;
using Builder.Dockerfile;
using Builder.Dockerfile.Syntax;
using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>
/// Finds the stages that targets need. Triggers of a base image can name further stages, so that the search and the
/// resolving of images take turns: all that is known to be needed is resolved at once, then what that brought up.
/// </summary>
internal sealed class StagePlanner(
    DockerfileSyntax dockerfile, CompileOptions options, VariableMap globals, Expander expander, ContextCatalogue contexts, OriginFinder finder)
{
    private const char TriggerEscape = '\\';

    /// <summary>The needed stages in the order of the file; each refers only to earlier ones.</summary>
    public async Task<IReadOnlyList<StagePlan>> PlanAsync(IEnumerable<StageSyntax> targets)
    {
        var plans = new SortedDictionary<int, StagePlan>();
        var wanted = new SortedSet<int>(targets.Select(target => target.Index));
        while (wanted.Count > 0)
        {
            var found = await TogetherAsync(wanted.Select(PlanAsync));
            foreach (var plan in found)
            {
                plans.Add(plan.Syntax.Index, plan);
            }

            wanted = [.. found.SelectMany(Needs).Where(index => !plans.ContainsKey(index))];
        }

        return [.. plans.Values];
    }

    /// <summary>What all of them come to, or the errors of all of them at once.</summary>
    private static async Task<T[]> TogetherAsync<T>(IEnumerable<Task<T>> tasks)
    {
        var all = Task.WhenAll(tasks);
        try
        {
            return await all;
        }
        catch (BuilderException) when (all.Exception is { } failures && failures.InnerExceptions.All(failure => failure is BuilderException))
        {
            // Stages that share a base image can share the very error.
            var errors = new ErrorList();
            foreach (var error in failures.InnerExceptions.Cast<BuilderException>().SelectMany(error => error.Others.Prepend(error)).Distinct())
            {
                errors.Add(error);
            }

            throw errors.Together();
        }
    }

    private static IEnumerable<int> Needs(StagePlan plan) =>
        plan.References.Values.Append(plan.Base).OfType<StageOrigin>().Select(origin => origin.Index);

    private async Task<StagePlan> PlanAsync(int index)
    {
        var stage = dockerfile.Stages[index];
        var platform = ExplicitPlatform(stage.From);
        if (Replacement(stage, platform ?? options.TargetPlatform) is { } named)
        {
            var replacement = await finder.FromContextAsync(named, platform ?? options.TargetPlatform, stage.From.Span);
            return new StagePlan(stage, platform, replacement, true, [], new Dictionary<StageReference, Origin>());
        }

        var origin = await finder.FindBaseAsync(stage, ExpandBase(stage.From), platform ?? options.TargetPlatform);
        var instructions = (await TriggersAsync(origin))
            .Concat(stage.Instructions.Select(instruction => new PlannedInstruction(instruction, dockerfile.Directives.Escape)))
            .ToList();
        var references = instructions.SelectMany(planned => StageReference.Of(planned.Instruction)).DistinctBy(found => found.Reference)
            .Select(async found => (found.Reference, Origin: await finder.FindAsync(stage, found.Reference, options.TargetPlatform, found.Span)));
        var origins = (await TogetherAsync(references)).ToDictionary(found => found.Reference, found => found.Origin);
        return new StagePlan(stage, platform, origin, false, instructions, origins);
    }

    private (string Name, NamedContext Context)? Replacement(StageSyntax stage, Platform platform) =>
        stage.Name is { } name ? contexts.Find(name, platform) : null;

    /// <summary>The ONBUILD triggers of what a stage starts from, parsed; of an image that took a stage's place too.</summary>
    private async Task<IEnumerable<PlannedInstruction>> TriggersAsync(Origin origin)
    {
        if (origin is ImageOrigin { Image: var image })
        {
            return (image.Config.Execution?.OnBuild ?? []).Select(trigger => ParseTrigger(new SourceText($"ONBUILD of {image.Reference.Familiar}", trigger)));
        }

        if (origin is not StageOrigin { Index: var index })
        {
            return [];
        }

        var stage = dockerfile.Stages[index];
        var platform = ExplicitPlatform(stage.From) ?? options.TargetPlatform;
        return Replacement(stage, platform) is { } named
            ? await TriggersAsync(await finder.FromContextAsync(named, platform, stage.From.Span))
            : stage.Instructions.OfType<OnbuildInstruction>().Select(TriggerOf);
    }

    /// <summary>
    /// With the backslash everywhere, what the config would store reads as what stands in the file, and errors have their place
    /// there. With another escape character, only the stored text tells.
    /// </summary>
    private PlannedInstruction TriggerOf(OnbuildInstruction onbuild) => dockerfile.Directives.Escape == TriggerEscape
        ? new PlannedInstruction(InstructionParser.ParseTrigger(onbuild, TriggerEscape), TriggerEscape)
        : ParseTrigger(new SourceText($"{onbuild.Span} (ONBUILD)", onbuild.Trigger.Text));

    private static PlannedInstruction ParseTrigger(SourceText trigger) => new(InstructionParser.ParseTrigger(trigger), TriggerEscape);

    private string ExpandBase(FromInstruction from)
    {
        var name = expander.Expand(from.Image, globals, dockerfile.Directives.Escape);
        return name.Length > 0 ? name : throw new BuilderException(
            GraphErrors.InvalidBase, $"base name ({from.Image.Text}) should not be blank",
            "FROM sees only the ARGs above the first FROM, and build arguments for those", from.Image.Span);
    }

    private Platform? ExplicitPlatform(FromInstruction from)
    {
        if (from.Platform is not { } word)
        {
            return null;
        }

        var text = expander.Expand(word, globals, dockerfile.Directives.Escape);
        if (text.Length == 0)
        {
            throw new BuilderException(GraphErrors.InvalidPlatform, $"empty platform value from expression {word.Text}", span: word.Span);
        }

        try
        {
            return Platform.Parse(text);
        }
        catch (BuilderException e)
        {
            throw new BuilderException(GraphErrors.InvalidPlatform, e.Message, e.Hint, word.Span, e);
        }
    }
}
