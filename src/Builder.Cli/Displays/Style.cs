namespace Builder.Cli.Displays;

/// <summary>The few colours there are: none if the user wants none (no-color.org).</summary>
internal sealed class Style(bool hasColor)
{
    public string Done(string text) => Paint("36", text);

    public string Failed(string text) => Paint("31", text);

    public string Faint(string text) => Paint("2", text);

    private string Paint(string code, string text) => hasColor ? $"\e[{code}m{text}\e[0m" : text;
}
