using System.CommandLine;
using System.Text;

namespace Builder.Cli.Help;

/// <summary>All pages as one Markdown document: <c>spec/commands.md</c>.</summary>
internal static class CommandReference
{
    public static string Render(Command root)
    {
        var text = new StringBuilder();
        text.Append("# Commands\n\nWhat `builder --help` and the manual pages say, in one page; a test keeps it equal to the program.\n");
        text.Append("Results go to standard output, all else to standard error.\n\n| exit code | means |\n|---|---|\n");
        foreach (var code in HelpTexts.ExitCodes)
        {
            text.Append($"| {code.Term} | {code.Meaning} |\n");
        }

        foreach (var page in HelpPage.PathsOf(root).Select(HelpPage.Of))
        {
            text.Append($"\n## {page.Name}\n\n{page.Description}\n\n```\n{page.Usage}\n");
            foreach (var section in page.Sections.Where(section => page.Name == "builder" || section.Title != HelpTexts.EveryCommand))
            {
                text.Append('\n').Append(section.Title).Append(":\n");
                foreach (var entry in section.Entries)
                {
                    text.Append($"  {entry.Term}\n      {entry.Meaning}\n");
                }
            }

            foreach (var example in page.Examples)
            {
                text.Append($"\n# {example.Meaning}\n{example.Term}\n");
            }

            text.Append("```\n");
        }

        return text.ToString();
    }
}
