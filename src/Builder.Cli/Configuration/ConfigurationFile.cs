using System.Collections.Frozen;
using System.CommandLine;
using System.Text.Json;
using Builder.Cli.Help;
using Builder.Diagnostics;

namespace Builder.Cli.Configuration;

/// <summary>
/// A <c>builder.json</c>: an object a verb (<c>"build"</c>, <c>"cache ls"</c>), in it a value an option, and <c>"all"</c> for the options of
/// every command.
/// </summary>
internal sealed class ConfigurationFile
{
    /// <summary>The member with the options of every command.</summary>
    public const string EveryVerb = "all";

    private const int MaxBytes = 1 << 20;
    private const string SchemaMember = "$schema";

    /// <summary>
    /// What the file of a project may set. It comes with a checkout, whose author is not the user: nothing in it may open the machine,
    /// send something anywhere, or touch what is outside the build.
    /// </summary>
    private static readonly FrozenSet<string> OfProjects = FrozenSet.Create(
        StringComparer.Ordinal,
        "file", "target", "tag", "build-arg", "label", "annotation", "platform", "no-cache", "no-cache-filter", "pull", "progress", "quiet", "jobs", "context-mode", "squash",
        "shm-size", "ulimit", "memory", "memory-swap", "cpu-shares", "cpu-period", "cpu-quota", "cpuset-cpus", "cpuset-mems", "pids-limit", "blkio-weight", "step-timeout",
        "also", "keep-going", "locked", "explain", "cache-ttl");

    private static readonly JsonDocumentOptions Json = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 8 };

    private readonly Dictionary<string, List<Setting>> verbs = new(StringComparer.Ordinal);

    private ConfigurationFile()
    {
    }

    /// <summary>What the file says for a verb, and for every verb.</summary>
    public IEnumerable<Setting> For(string verb) => verbs.GetValueOrDefault(verb, []).Concat(verbs.GetValueOrDefault(EveryVerb, []));

    /// <param name="isProject">Whether it is the file of a checkout, which may not set everything.</param>
    /// <exception cref="BuilderException">It is no JSON, or sets what there is not.</exception>
    public static ConfigurationFile Read(string path, bool isProject, Command root)
    {
        if (new FileInfo(path).Length > MaxBytes)
        {
            throw Invalid(path, $"is larger than {MaxBytes} bytes", null);
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), Json);
            return Read(path, document.RootElement, isProject, root);
        }
        catch (JsonException e)
        {
            throw new BuilderException(CliErrors.Configuration, $"{path}:{e.LineNumber + 1}:{e.BytePositionInLine + 1}: this is no JSON", "comments and trailing commas are allowed", inner: e);
        }
    }

    private static ConfigurationFile Read(string path, JsonElement document, bool isProject, Command root)
    {
        var file = new ConfigurationFile();
        var known = HelpPage.PathsOf(root).ToDictionary(parts => string.Join(' ', parts.Skip(1).Select(part => part.Name)), parts => parts[^1], StringComparer.Ordinal);
        foreach (var verb in Members(path, document, "it"))
        {
            if (verb.Name == SchemaMember)
            {
                continue;
            }

            var command = verb.Name == EveryVerb ? root : known.GetValueOrDefault(verb.Name) ?? throw Invalid(
                path, $"has settings for '{verb.Name}', which is no command", Near(verb.Name, known.Keys.Where(name => name.Length > 0).Append(EveryVerb)));
            file.verbs[verb.Name] = [.. Members(path, verb.Value, $"'{verb.Name}'").Select(member => ReadSetting(path, verb.Name, command, member, isProject))];
        }

        return file;
    }

    private static Setting ReadSetting(string path, string verb, Command command, JsonProperty member, bool isProject)
    {
        var option = command.Options.FirstOrDefault(option => option.Name == "--" + member.Name && !option.Hidden)
            ?? throw Invalid(path, $"sets '{member.Name}' for '{verb}', which is no option there", Near(member.Name, command.Options.Select(option => option.Name.TrimStart('-'))));
        string[] values = member.Value.ValueKind == JsonValueKind.Array ? [.. member.Value.EnumerateArray().Select(ValueOf)] : [ValueOf(member.Value)];
        if (values.Length > 1 && option.Arity.MaximumNumberOfValues == 1)
        {
            throw Invalid(path, $"sets '{member.Name}' to several values; it takes one", null);
        }

        if (isProject && (verb != "build" || !OfProjects.Contains(member.Name) || (member.Name == "build-arg" && values.Any(value => !value.Contains('=', StringComparison.Ordinal)))))
        {
            throw Invalid(path, $"sets '{member.Name}' for '{verb}', which the file of a project may not", "it may come from somebody else: write this one into your own builder.json, or on the command line");
        }

        return new Setting(option.Name, values, path);

        string ValueOf(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => throw Invalid(path, $"sets '{member.Name}' to something else than text, a number, true, false, or a list of them", null),
        };
    }

    private static JsonElement.ObjectEnumerator Members(string path, JsonElement element, string what) => element.ValueKind == JsonValueKind.Object
        ? element.EnumerateObject()
        : throw Invalid(path, $"is not laid out as a configuration: {what} has to be an object", """for example { "build": { "progress": "plain" } }""");

    private static string? Near(string name, IEnumerable<string> names) => Suggestions.Nearest(name, names) is { } near ? $"did you mean '{near}'?" : null;

    private static BuilderException Invalid(string path, string what, string? hint) => new(CliErrors.Configuration, $"{path} {what}", hint);
}
