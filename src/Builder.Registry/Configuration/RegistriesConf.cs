using Builder.Oci;
using Builder.Registry.Routing;
using Tomlyn.Model;

namespace Builder.Registry.Configuration;

/// <summary>
/// <c>registries.conf</c> version 2 (containers-registries.conf(5)): what is blocked, what lies elsewhere, which mirrors are
/// asked first, what short names mean. Of several <c>[[registry]]</c> tables the one with the longest prefix counts.
/// </summary>
internal sealed class RegistriesConf : IImageSources
{
    private readonly List<Rule> rules = [];
    private readonly Dictionary<string, string> aliases = new(StringComparer.Ordinal);

    /// <summary>Where a name without a registry is looked for, in order; null when the files say nothing of it.</summary>
    public IReadOnlyList<string>? SearchRegistries { get; private set; }

    /// <summary>Hosts that the files call insecure.</summary>
    public IEnumerable<string> InsecureHosts => rules.SelectMany(rule => rule.Places).Where(place => place.IsInsecure).Select(place => HostOf(place.Location)).Distinct();

    /// <summary>Reads files in order; what a later one says of the same prefix, alias or list takes the place of what an earlier one says.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryErrors.Configuration"/>.</exception>
    public static RegistriesConf Read(IEnumerable<string> files)
    {
        var conf = new RegistriesConf();
        foreach (var file in files)
        {
            if (TomlFile.TryRead(file) is { } table)
            {
                conf.Add(file, table);
            }
        }

        // Stable, so that the last of two equal prefixes, moved to the front on reading, wins.
        var sorted = conf.rules.OrderByDescending(rule => rule.Prefix.Length).ToList();
        conf.rules.Clear();
        conf.rules.AddRange(sorted);
        return conf;
    }

    /// <summary>What a short name stands for by the files' <c>[aliases]</c>; null for no alias.</summary>
    /// <param name="name">Without tag and digest.</param>
    public string? Alias(string name) => aliases.GetValueOrDefault(name);

    public IReadOnlyList<PullSource>? Find(ImageReference reference)
    {
        if (Match(reference) is not { } rule)
        {
            return null;
        }

        var isDigest = reference.Digest is not null;
        return
        [
            .. rule.Places.SkipLast(1).Where(mirror => isDigest ? mirror.ServesDigests : mirror.ResolvesTags).Select(mirror => SourceOf(mirror, rule, reference)),
            SourceOf(rule.Places[^1], rule, reference),
        ];
    }

    public PullSource? Origin(ImageReference reference) => Match(reference) is { } rule ? SourceOf(rule.Places[^1], rule, reference) : null;

    private Rule? Match(ImageReference reference)
    {
        var rule = rules.Find(rule => rule.Matches(reference));
        return rule is { IsBlocked: true }
            ? throw new RegistryException(RegistryErrors.Blocked, $"{reference}: the registry {rule.Prefix} is blocked", $"{rule.File} says so") { Host = reference.Domain }
            : rule;
    }

    /// <summary>The location with what of the name lies behind the prefix; a prefix with a star stands for the host alone.</summary>
    private static PullSource SourceOf(Place place, Rule rule, ImageReference reference)
    {
        var rest = rule.Prefix.StartsWith("*.", StringComparison.Ordinal)
            ? place.Location.Length == 0 ? reference.Repository : $"{place.Location}/{reference.Path}"
            : place.Location + reference.Repository[rule.Prefix.Length..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && ImageReference.TryParse(rest, out var target)
            ? new PullSource(target.Domain, target.Path) { IsInsecure = place.IsInsecure, ResolvesTags = place.ResolvesTags, ServesDigests = place.ServesDigests }
            : throw TomlFile.Invalid(rule.File, $"the location '{place.Location}' makes no name of {reference}", null);
    }

    private void Add(string file, TomlTable table)
    {
        if (table.ContainsKey("registries"))
        {
            throw TomlFile.Invalid(file, "it is of version 1, with [registries.search] and its like", null);
        }

        SearchRegistries = table.Texts("unqualified-search-registries") ?? SearchRegistries;
        foreach (var (name, target) in table.Table("aliases") ?? [])
        {
            aliases[name] = target as string ?? "";
        }

        foreach (var registry in table.Tables("registry"))
        {
            var rule = RuleOf(file, registry);
            rules.RemoveAll(old => old.Prefix == rule.Prefix);
            rules.Add(rule);
        }
    }

    private static Rule RuleOf(string file, TomlTable registry)
    {
        var location = registry.Text("location") ?? "";
        var prefix = registry.Text("prefix") ?? location;
        if (prefix.Length == 0 || (location.Length == 0 && !prefix.StartsWith("*.", StringComparison.Ordinal) && registry.Text("prefix") is null))
        {
            throw TomlFile.Invalid(file, "a [[registry]] has neither a prefix nor a location", null);
        }

        var byDigestOnly = registry.Flag("mirror-by-digest-only") == true;
        var mirrors = registry.Tables("mirror").Select(mirror => MirrorOf(file, mirror, byDigestOnly)).ToList();
        var own = location.Length > 0 || prefix.StartsWith("*.", StringComparison.Ordinal) ? location : prefix;
        return new Rule(file, prefix, registry.Flag("blocked") == true, [.. mirrors, new Place(own, registry.Flag("insecure") == true, true, true)]);
    }

    private static Place MirrorOf(string file, TomlTable mirror, bool byDigestOnly)
    {
        var location = mirror.Text("location") ?? throw TomlFile.Invalid(file, "a [[registry.mirror]] has no location", null);
        var pulls = mirror.Text("pull-from-mirror") ?? (byDigestOnly ? "digest-only" : "all");
        return pulls is "all" or "digest-only" or "tag-only"
            ? new Place(location, mirror.Flag("insecure") == true, pulls != "digest-only", pulls != "tag-only")
            : throw TomlFile.Invalid(file, $"pull-from-mirror is '{pulls}', not all, digest-only or tag-only", null);
    }

    private static string HostOf(string location) => location.Split('/')[0];

    private sealed record Place(string Location, bool IsInsecure, bool ResolvesTags, bool ServesDigests);

    /// <param name="Places">The mirrors, and last the registry itself.</param>
    private sealed record Rule(string File, string Prefix, bool IsBlocked, IReadOnlyList<Place> Places)
    {
        /// <summary>A prefix ends where a part of the name does: <c>r.example/a</c> is none of <c>r.example/ab</c>.</summary>
        public bool Matches(ImageReference reference)
        {
            if (Prefix.StartsWith("*.", StringComparison.Ordinal))
            {
                return reference.Domain.EndsWith(Prefix[1..], StringComparison.OrdinalIgnoreCase);
            }

            var name = reference.Repository;
            return name.StartsWith(Prefix, StringComparison.Ordinal) && (name.Length == Prefix.Length || name[Prefix.Length] == '/');
        }
    }
}
