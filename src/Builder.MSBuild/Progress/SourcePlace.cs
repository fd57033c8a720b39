using System.Globalization;
using System.Xml.Linq;

namespace Builder.MSBuild.Progress;

/// <summary>A place as MSBuild tells it: lines and columns from 1; 0 for none.</summary>
internal readonly record struct SourcePlace(string File, int Line, int Column, int EndLine, int EndColumn)
{
    /// <summary>Of an object with BuildKit's <c>sourceInfo</c> and <c>range</c>.</summary>
    /// <param name="elsewhere">The file of what has no place of its own.</param>
    public static SourcePlace Of(XElement json, string elsewhere)
    {
        var file = json.Element("sourceInfo")?.Text("filename") ?? "";
        var range = json.Items("range").FirstOrDefault();
        return file.Length == 0 || range is null
            ? new SourcePlace(elsewhere, 0, 0, 0, 0)
            : new SourcePlace(file, Number(range, "start", "line"), Number(range, "start", "character") + 1, Number(range, "end", "line"), Number(range, "end", "character") + 1);
    }

    private static int Number(XElement range, string end, string part) =>
        int.TryParse(range.Element(end)?.Text(part), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
