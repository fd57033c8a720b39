using System.Globalization;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation;

/// <summary>A name in a <c>COPY --from</c> or in a mount's <c>from</c>. Only the former may count stages.</summary>
internal readonly record struct StageReference(string Name, bool IsMount)
{
    public int? Index =>
        !IsMount && int.TryParse(Name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    /// <summary>What an instruction refers to, with the places to blame.</summary>
    public static IEnumerable<(StageReference Reference, SourceSpan Span)> Of(Instruction instruction) => instruction switch
    {
        CopyInstruction { From: { } from } => [(new StageReference(from.Text, false), from.Span)],
        RunInstruction run => run.Mounts
            .Where(mount => mount.From is not null && MayMount(mount))
            .Select(mount => (new StageReference(mount.From!, true), mount.Span)),
        _ => [],
    };

    /// <summary>Other types of mounts refuse a <c>from</c> when they are compiled; there is nothing to look up for them.</summary>
    private static bool MayMount(MountFlag mount) =>
        mount.Fields.LastOrDefault(field => field.Key == "type")?.Value is not ("tmpfs" or "secret" or "ssh");
}
