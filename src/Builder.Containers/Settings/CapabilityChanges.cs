using Builder.Diagnostics;
using Builder.Linux.Isolation;

namespace Builder.Containers;

/// <summary>What <c>--cap-add</c> and <c>--cap-drop</c> make of a set; what is both added and dropped is there.</summary>
/// <param name="Required">Added by name: where Builder lacks one of these, nothing is started.</param>
public sealed record CapabilityChanges(CapabilitySet Added, CapabilitySet Dropped, CapabilitySet Required)
{
    private const string All = "ALL";

    public static CapabilityChanges None { get; } = new(CapabilitySet.None, CapabilitySet.None, CapabilitySet.None);

    /// <summary>Names with or without <c>CAP_</c>, in any case, or <c>ALL</c>.</summary>
    /// <exception cref="BuilderException"><see cref="ContainersErrors.InvalidSecurityOption"/>.</exception>
    public static CapabilityChanges Parse(IEnumerable<string> add, IEnumerable<string> drop)
    {
        var added = add.SelectMany(Words).ToList();
        return new CapabilityChanges(
            Union(added, "--cap-add"),
            Union(drop.SelectMany(Words), "--cap-drop"),
            Union(added.Where(name => !IsAll(name)), "--cap-add"));
    }

    public CapabilitySet Of(CapabilitySet usual) => (usual - Dropped) | Added;

    private static string[] Words(string text) => text.Split(',', StringSplitOptions.TrimEntries);

    private static CapabilitySet Union(IEnumerable<string> names, string option) =>
        names.Aggregate(CapabilitySet.None, (all, name) => all | (IsAll(name) ? CapabilitySet.All : CapabilitySet.FromName(name) ?? throw new BuilderException(
            ContainersErrors.InvalidSecurityOption, $"{option}: there is no capability '{name}'", "they are those of capabilities(7), such as NET_ADMIN or CAP_SYS_PTRACE, and ALL")));

    private static bool IsAll(string name) => name.Equals(All, StringComparison.OrdinalIgnoreCase);
}
