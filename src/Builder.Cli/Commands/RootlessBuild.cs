using System.Text.RegularExpressions;

namespace Builder.Cli.Commands;

/// <summary>
/// A guess whether a build can do without a user namespace: it runs nothing. The engine knows for certain, and says so before it
/// has done anything; this only saves asking it.
/// </summary>
internal static partial class RootlessBuild
{
    private const int MaxSize = 1 << 20;

    /// <param name="context">As on the command line.</param>
    /// <param name="file">As after <c>-f</c>; null for the file of the context.</param>
    public static bool MayWork(string context, string? file)
    {
        // Standard input can be read once only; what has to be fetched first is not fetched twice; a budget removes files of others.
        if (!Directory.Exists(context) || file == "-" || StoreSettings.Budget is not null)
        {
            return false;
        }

        try
        {
            var path = file ?? Path.Combine(context, "Dockerfile");
            return new FileInfo(path) is { Exists: true, Length: < MaxSize } && !RunsSomething().IsMatch(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever reads it in earnest tells what is wrong.
            return false;
        }
    }

    [GeneratedRegex(@"^\s*(ONBUILD\s+)?RUN\b", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex RunsSomething();
}
