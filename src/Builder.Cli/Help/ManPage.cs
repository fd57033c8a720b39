using System.Globalization;
using System.Text;

namespace Builder.Cli.Help;

/// <summary>A page as man(7) source, for <c>man builder-build</c>.</summary>
internal static class ManPage
{
    public static string FileName(HelpPage page) => page.Name.Replace(' ', '-') + ".1";

    /// <param name="version">Of the program, for the foot of the page.</param>
    public static string Render(HelpPage page, string version)
    {
        var text = new StringBuilder();
        text.Append($".TH \"{page.Name.Replace(' ', '-').ToUpperInvariant()}\" 1 \"\" \"builder {Escape(version)}\" \"Builder\"\n");
        text.Append($".SH NAME\n{Escape(page.Name.Replace(' ', '-'))} \\- {Escape(page.Description)}\n");
        text.Append($".SH SYNOPSIS\n.B {Escape(page.Usage)}\n");
        foreach (var section in page.Sections)
        {
            text.Append($".SH {Escape(section.Title.ToUpperInvariant())}\n");
            foreach (var entry in section.Entries)
            {
                text.Append($".TP\n.B {Escape(entry.Term)}\n{Escape(entry.Meaning)}\n");
            }
        }

        if (page.Examples.Count > 0)
        {
            text.Append(".SH EXAMPLES\n");
            foreach (var example in page.Examples)
            {
                text.Append($".PP\n{Escape(example.Meaning)}\n.PP\n.RS 4\n.nf\n{Escape(example.Term)}\n.fi\n.RE\n");
            }
        }

        text.Append(".SH EXIT STATUS\n");
        foreach (var entry in HelpTexts.ExitCodes)
        {
            text.Append($".TP\n.B {entry.Term}\n{Escape(entry.Meaning)}\n");
        }

        return text.ToString();
    }

    /// <summary>Hyphens that can be copied, no line that begins with a request, and nothing but ASCII, which is all that groff takes unasked.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length > 0 && text[0] is '.' or '\'' ? "\\&" : "");
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\\' => escaped.Append("\\e"),
                '-' => escaped.Append("\\-"),
                > 0x7e => escaped.Append(CultureInfo.InvariantCulture, $"\\[u{rune.Value:X4}]"),
                _ => escaped.Append(rune),
            };
        }

        return escaped.ToString();
    }
}
