namespace Builder.MSBuild.Progress;

/// <summary>The pages that the package brings along: a help link works without a network, and fits the version.</summary>
internal sealed class HelpPages(string folder)
{
    public string OfError(string code) => Link("errors.md") + "#" + code.ToLowerInvariant();

    public string OfCheck(string check) => CheckCodes.IsCheck(check) ? Link($"checks/{check}.md") : OfError(CheckCodes.Other);

    private string Link(string page) => new Uri(Path.Combine(Path.GetFullPath(folder), page)).AbsoluteUri;
}
