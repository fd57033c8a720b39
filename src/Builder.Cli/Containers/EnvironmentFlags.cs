using Builder.Diagnostics;

namespace Builder.Cli.Containers;

/// <summary>The variables that <c>--env</c> and <c>--env-file</c> give, those of the former after the latter's.</summary>
internal static class EnvironmentFlags
{
    /// <exception cref="BuilderException"><see cref="CliErrors.Usage"/>, <see cref="CliErrors.NoInput"/>.</exception>
    public static string[] Read(IEnumerable<string> files, IEnumerable<string> variables) =>
        [.. files.SelectMany(ReadFile).Concat(variables).Select(Complete).OfType<string>()];

    private static IEnumerable<string> ReadFile(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(CliErrors.NoInput, $"the file of variables {path} cannot be read", inner: e);
        }

        return lines.Select(line => line.TrimStart()).Where(line => line.Length > 0 && line[0] != '#');
    }

    /// <summary>A name alone stands for its value here; null when it has none.</summary>
    private static string? Complete(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals == 0 || text.Length == 0)
        {
            throw new BuilderException(CliErrors.Usage, $"'{text}' is no variable", "write it as NAME=value, or NAME for its value here");
        }

        return equals > 0 ? text : Environment.GetEnvironmentVariable(text) is { } value ? $"{text}={value}" : null;
    }
}
