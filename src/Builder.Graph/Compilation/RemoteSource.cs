using Builder.Diagnostics;
using Builder.Graph.Operations;

namespace Builder.Graph.Compilation;

/// <summary>What a user means by a URL in the place of a build context.</summary>
public static class RemoteSource
{
    private const string HabitualHost = "github.com/";

    /// <summary>
    /// The repository or download that a text stands for; null when it is a path. <c>github.com/owner/name</c> is the only
    /// address without a scheme.
    /// </summary>
    /// <exception cref="BuilderException"><see cref="GraphErrors.InvalidSource"/>: a repository's URL contradicts itself.</exception>
    public static Operation? Parse(string text, bool keepGitDirectory)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith(HabitualHost, StringComparison.Ordinal))
        {
            text = "https://" + text;
            return GitSource.Parse(text, keepGitDirectory, null, null);
        }

        return GitSource.IsRepository(text) ? GitSource.Parse(text, keepGitDirectory, null, null)
            : HttpSource.IsUrl(text) ? new HttpOperation(text, ContextFile, null)
            : null;
    }

    /// <summary>What a downloaded context is called, whatever its URL.</summary>
    internal const string ContextFile = "context";
}
