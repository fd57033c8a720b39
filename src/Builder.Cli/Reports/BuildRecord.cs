using System.Text.Json;
using System.Text.Json.Serialization;
using Builder.Cli.Displays;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Oci;
using Builder.Storage;

namespace Builder.Cli.Reports;

/// <summary>
/// A build as a report shows it: what depended on what, when each step ran and what it took. Kept as a hint under the image's id,
/// so that <c>builder report IMAGE</c> can tell of the build that made the image last.
/// </summary>
/// <param name="Seconds">From the first event to the last.</param>
/// <param name="Steps">Each after those that it needs.</param>
internal sealed record BuildRecord(DateTimeOffset Started, double Seconds, IReadOnlyList<RecordedStep> Steps)
{
    private const string Hint = "builds";
    private const int MaxSize = 4 << 20;

    /// <summary>Steps that were in the cache, without what is no step: sources that nobody had to open.</summary>
    public int CachedSteps => Steps.Count(step => step.Fate is StepFate.Cached or StepFate.Skipped);

    public static BuildRecord Of(BuildAccount account)
    {
        var told = account.Steps.ToDictionary(step => step.Vertex.Digest);
        var vertices = account.Steps.Count == 0 ? [] : BuildGraph.Of([.. account.Steps.Select(step => step.Vertex)]).Vertices.Where(vertex => vertex.Operation is not ScratchOperation).ToList();
        var numbers = vertices.Select((vertex, number) => (vertex.Digest, number)).ToDictionary(pair => pair.Digest, pair => pair.number);
        return new BuildRecord(account.Started, account.Total.TotalSeconds, [.. vertices.Select(vertex =>
        {
            int[] inputs = [.. vertex.Inputs.Where(input => numbers.ContainsKey(input.Digest)).Select(input => numbers[input.Digest]).Distinct()];
            return told.TryGetValue(vertex.Digest, out var step)
                ? StepOf(step, inputs, account)
                : new RecordedStep(Terminal.Harmless(vertex.ToString()), inputs, null, 0, 0);
        })]);
    }

    /// <summary>Keeps it for later reports about the image.</summary>
    public void Keep(BuilderStore store, Digest image) => store.Hints.Set(Hint, image, JsonSerializer.SerializeToUtf8Bytes(this, BuildRecordJson.Default.BuildRecord));

    public static bool IsKept(BuilderStore store, Digest image) => store.Hints.Contains(Hint, image);

    /// <summary>What is known of the build that made an image last; null when nothing is.</summary>
    public static BuildRecord? Find(BuilderStore store, Digest image)
    {
        try
        {
            return store.Hints.Find(Hint, image, MaxSize) is { } kept ? JsonSerializer.Deserialize(kept, BuildRecordJson.Default.BuildRecord) : null;
        }
        catch (JsonException)
        {
            // Of another version of Builder.
            return null;
        }
    }

    private static RecordedStep StepOf(LedgerStep step, int[] inputs, BuildAccount account) =>
        new(Terminal.Harmless(step.Name), inputs, step.Fate, (step.Started - account.Started).TotalSeconds, step.IsCached ? 0 : step.Took(account.Ended).TotalSeconds)
        {
            Line = step.Vertex.SourceSpan?.Line,
            Why = step.Missed,
            Error = step.Error,
            SavedSeconds = step.Saved?.TotalSeconds,
            CpuSeconds = step.Usage?.CpuTime.TotalSeconds,
            PeakMemory = step.Usage?.PeakMemory,
            WrittenBytes = step.Usage?.WrittenBytes,
            FetchedBytes = step.Fetched > 0 ? step.Fetched : null,
        };
}

/// <summary>One step of a build.</summary>
/// <param name="Inputs">Places of the steps that it needs.</param>
/// <param name="Fate">Null for what nobody had to run or look for, such as a build context.</param>
/// <param name="Start">Seconds after the build's beginning.</param>
/// <param name="Seconds">How long it ran; 0 for one from the cache.</param>
internal sealed record RecordedStep(string Name, IReadOnlyList<int> Inputs, StepFate? Fate, double Start, double Seconds)
{
    public int? Line { get; init; }

    public string? Why { get; init; }

    public string? Error { get; init; }

    public double? SavedSeconds { get; init; }

    public double? CpuSeconds { get; init; }

    public long? PeakMemory { get; init; }

    public long? WrittenBytes { get; init; }

    public long? FetchedBytes { get; init; }

    [JsonIgnore]
    public bool Ran => Fate is StepFate.Running or StepFate.Done or StepFate.Failed or StepFate.Canceled;

    /// <summary>What became of it, in a word.</summary>
    [JsonIgnore]
    public string FateText => Fate switch
    {
        StepFate.Done => "ran",
        StepFate.Cached => "cached",
        StepFate.Skipped => "not needed, cached above",
        StepFate.Failed => "failed",
        StepFate.Canceled or StepFate.Running => "canceled",
        _ => "source",
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(BuildRecord))]
internal sealed partial class BuildRecordJson : JsonSerializerContext;
