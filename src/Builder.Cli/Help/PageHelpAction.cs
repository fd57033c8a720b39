using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Builder.Cli.Displays;

namespace Builder.Cli.Help;

/// <summary><c>--help</c>: our page instead of the library's.</summary>
internal sealed class PageHelpAction : SynchronousCommandLineAction
{
    /// <summary>For output that is no terminal, so that it does not depend on where it is made.</summary>
    private const int Columns = 100;

    public static void InstallOn(Command root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            option.Action = new PageHelpAction();
        }
    }

    /// <summary>Who asks for help need not have written the rest of the line.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Terminal.WriteLine(HelpText.Render(HelpPage.Of(HelpPage.PathOf(parseResult)), Terminal.OutputIsTerminal ? Math.Clamp(Terminal.Size.Columns, 60, 120) : Columns));
        return 0;
    }
}
