using System.Text.Json.Serialization;

namespace Builder.Engine.Explaining;

/// <summary>Why a step was not found in the cache.</summary>
/// <param name="Step">As progress displays call it.</param>
/// <param name="Instruction">The instruction's text.</param>
/// <param name="File">The file that it stands in.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Why">One line.</param>
public sealed record CacheMiss(string Step, string Instruction, string? File, int? Line, string Why)
{
    /// <summary>The step below whose change this is a consequence of; null when the cause is here.</summary>
    public string? Cause { get; init; }

    /// <summary>The line of that step.</summary>
    public int? CauseLine { get; init; }

    /// <summary>All parts of the key that differ from the most similar step of earlier builds.</summary>
    public IReadOnlyList<KeyChange> Changes { get; init; } = [];

    /// <summary>All files of the build context that differ.</summary>
    public IReadOnlyList<FileChange> Files { get; init; } = [];

    /// <summary><c>`RUN npm ci`: package-lock.json changed (COPY, line 7)</c>.</summary>
    [JsonIgnore]
    public string Sentence => $"`{Instruction}`: {Why}";
}

/// <summary>A part of a step's key as it was and as it is; elements of a list one a line, null for a part that is not there.</summary>
public sealed record KeyChange(string Part, string? Before, string? Now);

/// <summary>A file that a step copies or mounts.</summary>
/// <param name="Change">changed, added, removed, mode or type.</param>
public sealed record FileChange(string Path, string Change);
