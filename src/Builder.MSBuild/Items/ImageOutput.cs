namespace Builder.MSBuild.Items;

/// <summary>One <c>--output</c>, of which only the destination matters here: MSBuild is to see what it is.</summary>
/// <param name="Text">For the program, with an absolute destination.</param>
/// <param name="Destination">Absolute; empty when there is none.</param>
/// <param name="IsFile">Not a folder.</param>
/// <param name="IsImageArchive">A file that <c>docker load</c> and its like take.</param>
internal sealed record ImageOutput(string Text, string Destination, bool IsFile, bool IsImageArchive)
{
    private const string Destined = "dest=";
    private const string Typed = "type=";

    public static ImageOutput Parse(string text, Func<string, string> absolute)
    {
        if (!text.Contains("="))
        {
            return new ImageOutput(absolute(text), absolute(text), IsFile: false, IsImageArchive: false);
        }

        var fields = text.Split(',').Select(field => field.Trim()).ToList();
        var kind = fields.FirstOrDefault(field => field.StartsWith(Typed, StringComparison.Ordinal))?.Substring(Typed.Length) ?? "";
        var destination = fields.FirstOrDefault(field => field.StartsWith(Destined, StringComparison.Ordinal))?.Substring(Destined.Length) ?? "";
        if (destination.Length == 0)
        {
            return new ImageOutput(text, "", IsFile: false, IsImageArchive: false);
        }

        var path = absolute(destination);
        var isArchive = kind is "docker" or "oci" && !fields.Contains("tar=false");
        return new ImageOutput(
            string.Join(",", fields.Select(field => field.StartsWith(Destined, StringComparison.Ordinal) ? Destined + path : field)),
            path, isArchive || kind == "tar", isArchive);
    }
}
