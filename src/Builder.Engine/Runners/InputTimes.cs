using System.Collections.Concurrent;
using Builder.Engine.Copying;
using Builder.Graph;
using Builder.Oci;

namespace Builder.Engine.Runners;

/// <summary>
/// How old steps are: as old as the newest thing that goes into them, so that the same things give the same image on any day
/// (spec/formats.md, "How old an image is").
/// </summary>
/// <param name="clock">For those who want the time of day instead; null for the rule.</param>
internal sealed class InputTimes(TimeProvider? clock = null)
{
    private readonly ConcurrentDictionary<(Digest Vertex, int Input), DateTimeOffset> contexts = new();

    /// <summary>Remembers how young the youngest file is that a step takes of a build context.</summary>
    public void Note(Vertex vertex, int input, ContentNotes notes)
    {
        if (notes.Newest is { } seconds)
        {
            contexts[(vertex.Digest, input)] = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
        }
    }

    /// <summary>The time of a step whose inputs are done, in whole seconds; the epoch when nothing says how old it is.</summary>
    public DateTimeOffset Of(Vertex vertex, IReadOnlyList<StepResult?> inputs)
    {
        if (clock is not null)
        {
            return clock.GetUtcNow();
        }

        var newest = DateTimeOffset.UnixEpoch;
        for (var input = 0; input < inputs.Count; input++)
        {
            var time = inputs[input]?.Time ?? (contexts.TryGetValue((vertex.Digest, input), out var noted) ? noted : null as DateTimeOffset?);
            newest = time > newest ? time.Value : newest;
        }

        return DateTimeOffset.FromUnixTimeSeconds(newest.ToUnixTimeSeconds());
    }
}
