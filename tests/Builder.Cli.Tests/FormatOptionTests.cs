using System.CommandLine;
using Builder.Cli.Help;

namespace Builder.Cli.Tests;

/// <summary><c>--format json</c> is everywhere where a command has something to tell.</summary>
public sealed class FormatOptionTests
{
    /// <summary>Commands without it, and what they write instead of facts.</summary>
    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        ["attach"] = "a program's own output", ["exec"] = "a program's own output", ["logs"] = "a program's own output", ["run"] = "a program's own output", ["start"] = "a program's own output",
        ["build"] = "the id alone; --metadata-file, --progress=rawjson, --explain=json and --call=…,format=json are its JSON",
        ["cache export"] = "names, a line each", ["cache import"] = "names, a line each", ["cache rm"] = "names, a line each",
        ["checkpoint"] = "a name", ["checkpoint create"] = "a name", ["checkpoint rm"] = "nothing", ["restore"] = "a name",
        ["commit"] = "an id", ["import"] = "an id", ["squash"] = "an id", ["create"] = "an id", ["copy"] = "a digest",
        ["completion"] = "a script", ["config schema"] = "a JSON schema", ["man"] = "manual pages", ["report"] = "a page",
        ["container export"] = "an archive", ["export"] = "an archive", ["save"] = "an archive",
        ["container import"] = "an id", ["container prune"] = "ids, a line each", ["cp"] = "files, or an archive", ["fmt"] = "a Dockerfile, or a diff",
        ["kill"] = "names, a line each", ["pause"] = "names, a line each", ["unpause"] = "names, a line each", ["restart"] = "names, a line each", ["stop"] = "names, a line each",
        ["rm"] = "names, a line each", ["wait"] = "exit codes, a line each", ["rename"] = "nothing", ["tag"] = "nothing", ["login"] = "a sentence", ["logout"] = "a sentence", ["materialize"] = "a sentence",
        ["manifest create"] = "a digest", ["manifest add"] = "a digest", ["manifest annotate"] = "a digest", ["manifest remove"] = "a digest", ["manifest rm"] = "a digest", ["manifest push"] = "a digest", ["manifest attach"] = "a digest",
        ["manifest inspect"] = "JSON always", ["manifest referrers"] = "JSON always",
        ["pull"] = "a name, or the id with --quiet", ["push"] = "digests; --format says the form of the manifest",
    };

    public static TheoryData<string> Verbs =>
        [.. HelpPage.PathsOf(CommandLine.CreateRoot()).Where(path => path.Count > 1 && !path[^1].Subcommands.Any(verb => !verb.Hidden)).Select(path => string.Join(' ', path.Skip(1).Select(part => part.Name)))];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void A_command_that_tells_facts_tells_them_as_json_too(string verb)
    {
        Command command = CommandLine.CreateRoot();
        foreach (var word in verb.Split(' '))
        {
            command = command.Subcommands.Single(sub => sub.Name == word);
        }

        var format = command.Options.FirstOrDefault(option => option.Name == "--format");
        Assert.True(
            Others.ContainsKey(verb) || format?.Description?.Contains("json", StringComparison.Ordinal) == true,
            $"builder {verb} has no --format json: give it one, or say here what it writes instead of facts");
    }
}
