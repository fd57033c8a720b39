using System.Collections.Concurrent;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Graph.Solving;
using Builder.Oci;
using Builder.Storage.Steps;

namespace Builder.Engine.Explaining;

/// <summary>
/// Finds out why steps were not in the cache: looks for the most similar step of earlier builds, and for the first thing by which
/// the two differ; a difference that comes from a step below is that step's, and told as such.
/// </summary>
/// <param name="past">The step cache as it was before this build, the last used first.</param>
internal sealed class MissExplainer(IReadOnlyList<PastStep> past, KnownFiles files)
{
    private readonly Dictionary<string, List<(PastStep Step, Dictionary<string, string> Parts)>> byKind = past
        .Select(step => (Step: step, Parts: step.Record.Explanation.ToDictionary(StringComparer.Ordinal)))
        .Where(each => each.Parts.ContainsKey("kind"))
        .GroupBy(each => each.Parts["kind"], StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);

    private readonly ConcurrentDictionary<Digest, CacheMiss> found = new();

    public CacheMiss Explain(Vertex vertex, KeyExplanation key)
    {
        var miss = Explain(vertex, StepParts.Flatten(key), key.Key) with { File = vertex.SourceSpan?.Source.Path, Line = vertex.SourceSpan?.Line };
        found[vertex.Digest] = miss;
        return miss;
    }

    private CacheMiss Explain(Vertex vertex, IReadOnlyDictionary<string, string> now, Digest key)
    {
        var miss = new CacheMiss(vertex.DisplayName, StepParts.InstructionOf(vertex), null, null, "");
        if (vertex.IgnoreCache)
        {
            return miss with { Why = "the cache was not asked (--no-cache)" };
        }

        if (past.FirstOrDefault(step => step.Key == key) is { } same)
        {
            return Below(vertex, miss)
                ?? miss with { Why = same.IsThere ? "its result is too old (cache-ttl), or what it is built on was made anew" : "its result was removed from the store" };
        }

        if (Nearest(now) is not { } before)
        {
            return miss with { Why = "it never ran before in this store" };
        }

        var changes = StepParts.Compare(before, now);
        var own = changes.Where(change => !change.Part.StartsWith("input ", StringComparison.Ordinal)).ToList();
        miss = miss with { Changes = changes };
        if (own.Count > 0)
        {
            return miss with { Why = string.Join("; ", own.Select(StepParts.Describe).OfType<string>().Distinct(StringComparer.Ordinal)) is { Length: > 0 } text ? text : "the instruction changed" };
        }

        var reasons = changes.Select(change => OfInput(vertex, change)).OfType<CacheMiss>().ToList();
        return reasons.Count == 0
            ? miss with { Why = "the order of what it depends on changed" }
            : reasons[0] with { Step = miss.Step, Instruction = miss.Instruction, Changes = changes, Why = Together(reasons) };
    }

    /// <summary>Each reason once: a file that changes a step here has often changed one below already.</summary>
    private static string Together(List<CacheMiss> reasons)
    {
        var texts = reasons.Select(reason => reason.Why).Distinct(StringComparer.Ordinal).ToList();
        return string.Join("; ", texts.Where(text => !texts.Exists(other => other.StartsWith(text + " (", StringComparison.Ordinal))));
    }

    /// <summary>A step of earlier builds that does the same to something, or something else to the same.</summary>
    private Dictionary<string, string>? Nearest(IReadOnlyDictionary<string, string> now)
    {
        if (!byKind.TryGetValue(now["kind"], out var candidates))
        {
            return null;
        }

        return candidates
            .Where(candidate => StepParts.IsAkin(candidate.Parts, now))
            .OrderBy(candidate => StepParts.IsSameInstruction(candidate.Parts, now) ? 0 : 1)
            .ThenBy(candidate => StepParts.Compare(candidate.Parts, now).Count)
            .Select(candidate => candidate.Parts)
            .FirstOrDefault();
    }

    /// <summary>The reason of a step below that was explained already: what is built on it could not be known either.</summary>
    private CacheMiss? Below(Vertex vertex, CacheMiss miss) =>
        vertex.Inputs.Where(input => found.ContainsKey(input.Digest)).Select(input => Inherit(input, miss)).FirstOrDefault();

    private CacheMiss Inherit(Vertex input, CacheMiss miss)
    {
        var cause = found[input.Digest];
        return miss with
        {
            Cause = cause.Cause ?? cause.Instruction,
            CauseLine = cause.CauseLine ?? cause.Line,
            Files = cause.Files,
            Why = cause.Cause is not null ? cause.Why : $"{cause.Why} ({StepParts.PlaceOf(input)})",
        };
    }

    private CacheMiss? OfInput(Vertex vertex, KeyChange change)
    {
        var miss = new CacheMiss("", "", null, null, "");
        if (!int.TryParse(change.Part.AsSpan("input ".Length), out var number) || number >= vertex.Inputs.Count)
        {
            return null;
        }

        var input = vertex.Inputs[number];
        return input.Operation switch
        {
            ContextOperation context => OfContext(context, change, miss),
            ImageOperation image => miss with { Why = $"the base image {image.Reference.Familiar} is another one" },
            HttpOperation => miss with { Why = $"what {input.DisplayName} gives has changed" },
            GitOperation => miss with { Why = $"{input.DisplayName} has another commit" },
            _ when found.ContainsKey(input.Digest) => Inherit(input, miss),
            ScratchOperation => miss with { Why = "it now starts from nothing" },
            _ => miss with { Why = $"it is built on another step: {StepParts.InstructionOf(input)} ({StepParts.PlaceOf(input)})" },
        };
    }

    private CacheMiss OfContext(ContextOperation context, KeyChange change, CacheMiss miss)
    {
        var name = context.Name == ContextOperation.MainName ? "the build context" : $"the build context '{context.Name}'";
        if (!Digest.TryParse(change.Before, out var old) || !Digest.TryParse(change.Now, out var current) || files.Find(old) is not { } before || files.Find(current) is not { } after)
        {
            return miss with { Why = $"files of {name} changed" };
        }

        var changed = FileChanges.Between(before, after);
        return miss with { Files = changed, Why = changed.Count == 0 ? $"attributes, links or owners of files in {name} changed" : FileChanges.Describe(changed) };
    }
}
