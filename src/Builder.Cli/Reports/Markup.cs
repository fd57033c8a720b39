using System.Globalization;
using System.Net;
using System.Text;
using Builder.Cli.Displays;

namespace Builder.Cli.Reports;

/// <summary>
/// HTML and SVG with every hole escaped: what an interpolated string puts in is text, whoever it comes from, unless it is markup
/// already. Numbers are written as SVG wants them.
/// </summary>
internal readonly record struct Markup(string Text)
{
    public static readonly Markup Empty = new("");

    public static Markup Of(MarkupHandler text) => new(text.ToString());

    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(part => part.Text)));

    public override string ToString() => Text;

    /// <summary>Text as it may stand between tags and in quoted attributes; nothing of it is a tag, moves text around, or is invisible.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(Terminal.Harmless(text.ReplaceLineEndings(" ")));
}

/// <summary>What the compiler gives the pieces of an interpolated string to.</summary>
[System.Runtime.CompilerServices.InterpolatedStringHandler]
internal ref struct MarkupHandler(int literalLength, int formattedCount)
{
    private readonly StringBuilder text = new(literalLength + (formattedCount * 16));

    public readonly void AppendLiteral(string literal) => text.Append(literal);

    public readonly void AppendFormatted(Markup markup) => text.Append(markup.Text);

    public readonly void AppendFormatted(string? value) => text.Append(Markup.Escape(value ?? ""));

    public readonly void AppendFormatted(int value) => text.Append(value.ToString(CultureInfo.InvariantCulture));

    public readonly void AppendFormatted(double value) => text.Append(Math.Round(value, 2).ToString(CultureInfo.InvariantCulture));

    public override readonly string ToString() => text.ToString();
}
