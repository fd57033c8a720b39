using System.CommandLine;
using System.Text.RegularExpressions;
using Builder.Cli.Help;
using Builder.Testing;

namespace Builder.Cli.Tests.Help;

/// <summary>Help, manual pages and spec/commands.md are one thing in three forms.</summary>
public sealed partial class HelpTests
{
    private static readonly RootCommand Root = CommandLine.CreateRoot();

    public static TheoryData<string> Verbs => [.. HelpPage.PathsOf(Root).Select(path => string.Join(' ', path.Skip(1).Select(part => part.Name)))];

    /// <summary>The golden text of all helps: ACCEPT=1 writes it anew.</summary>
    [Fact]
    public void The_reference_in_spec_is_what_the_program_says()
    {
        var file = Path.Combine(Checkout.Root, "spec", "commands.md");
        var expected = CommandReference.Render(Root);
        if (Environment.GetEnvironmentVariable("ACCEPT") == "1")
        {
            File.WriteAllText(file, expected);
        }

        Assert.Equal(expected, File.ReadAllText(file));
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_command_says_what_it_and_all_its_parts_are_for(string verb)
    {
        var path = PathOf(verb);
        Assert.NotEmpty(path[^1].Description ?? "");
        Assert.All(path[^1].Options.Where(option => !option.Hidden), option => Assert.False(string.IsNullOrEmpty(option.Description), option.Name));
        Assert.All(path[^1].Arguments, argument => Assert.False(string.IsNullOrEmpty(argument.Description), argument.Name));
        if (path[^1].Subcommands.Count == 0)
        {
            Assert.NotEmpty(HelpPage.Of(path).Examples);
        }
    }

    /// <summary>An example that does not parse would be worse than none.</summary>
    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_example_is_a_line_that_builder_takes(string verb)
    {
        foreach (var example in HelpPage.Of(PathOf(verb)).Examples)
        {
            string[] words = [.. Words().Matches(example.Term.Split(" | ")[^1].Split(" > ")[0]).Select(word => word.Value.Trim('\''))];
            Assert.Equal("builder", words[0]);
            Assert.Empty(Root.Parse(words[1..]).Errors);
        }
    }

    [Fact]
    public void Lines_fit_the_width_that_was_asked_for()
    {
        foreach (var path in HelpPage.PathsOf(Root))
        {
            var lines = HelpText.Render(HelpPage.Of(path), 100).Split('\n');
            Assert.All(lines.SkipWhile(line => !line.StartsWith("Usage", StringComparison.Ordinal)).Skip(1).TakeWhile(line => line != "Examples:"), line => Assert.True(line.Length <= 100, line));
        }
    }

    [Fact]
    public void Build_groups_its_options()
    {
        var sections = HelpPage.Of(PathOf("build")).Sections.Select(section => section.Title).ToArray();
        Assert.Contains("Cache", sections);
        Assert.Contains("Limits of steps", sections);
        Assert.DoesNotContain("Options", sections);
    }

    [Fact]
    public void A_manual_page_escapes_what_roff_would_take_for_a_request()
    {
        var page = new HelpPage("builder x", ".hidden -x", "builder x", [new HelpSection("Options", [new HelpEntry("--a\\b", "'quoted…")])], []);
        var text = ManPage.Render(page, "1");
        Assert.Contains("\\&.hidden \\-x", text, StringComparison.Ordinal);
        Assert.Contains("\\-\\-a\\eb\n\\&'quoted\\[u2026]\n", text, StringComparison.Ordinal);
    }

    /// <summary>As a shell splits the examples, which quote with nothing but '.</summary>
    [GeneratedRegex(@"'[^']*'|\S+")]
    private static partial Regex Words();

    private static IReadOnlyList<Command> PathOf(string verb) => HelpPage.PathsOf(Root).First(path => string.Join(' ', path.Skip(1).Select(part => part.Name)) == verb);
}
