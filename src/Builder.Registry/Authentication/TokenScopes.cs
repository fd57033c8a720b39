namespace Builder.Registry.Authentication;

/// <summary>
/// What a token allows or has to allow: actions for each resource, as <c>repository:library/alpine:pull,push</c>, several
/// separated by blanks (distribution, "Token Scope Documentation"). Registries write the actions in any order, so sets are
/// compared, never texts.
/// </summary>
internal sealed class TokenScopes
{
    public static readonly TokenScopes None = new([]);
    private const string Everything = "*";
    private readonly IReadOnlyList<(string Resource, IReadOnlySet<string> Actions)> entries;

    private TokenScopes(IReadOnlyList<(string Resource, IReadOnlySet<string> Actions)> entries) => this.entries = entries;

    public bool IsEmpty => entries.Count == 0;

    /// <summary>Reads a <c>scope</c> text; what does not have the form of a scope is left out.</summary>
    public static TokenScopes Parse(string? text) => None.With((text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>These and those; the order in which resources were first named is kept, because some token servers read only the first scope.</summary>
    public TokenScopes Union(TokenScopes other) => With(other.Texts());

    /// <summary>Whether a token for these is good for all of those.</summary>
    public bool Covers(TokenScopes needed) => needed.entries.All(wanted =>
        entries.Any(own => own.Resource == wanted.Resource && (own.Actions.Contains(Everything) || own.Actions.IsSupersetOf(wanted.Actions))));

    /// <summary>One text for each resource, its actions in alphabetical order.</summary>
    public IEnumerable<string> Texts() => entries.Select(entry => $"{entry.Resource}:{string.Join(',', entry.Actions)}");

    /// <summary>The same text for the same set.</summary>
    public override string ToString() => string.Join(' ', Texts().Order(StringComparer.Ordinal));

    private TokenScopes With(IEnumerable<string> texts)
    {
        var all = entries.ToList();
        foreach (var text in texts)
        {
            // The name in the middle may have colons of its own, before a port.
            var colon = text.LastIndexOf(':');
            if (colon <= 0)
            {
                continue;
            }

            var (resource, actions) = (text[..colon], text[(colon + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries));
            var at = all.FindIndex(entry => entry.Resource == resource);
            var before = at < 0 ? Enumerable.Empty<string>() : all[at].Actions;
            var merged = (resource, (IReadOnlySet<string>)new SortedSet<string>(before.Concat(actions), StringComparer.Ordinal));
            if (at < 0)
            {
                all.Add(merged);
            }
            else
            {
                all[at] = merged;
            }
        }

        return new TokenScopes(all);
    }
}
