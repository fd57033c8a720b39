using System.Text;

namespace Builder.MSBuild.Items;

/// <summary>The Dockerfile of a project that has none: the published output on a base that runs it.</summary>
internal sealed record DefaultDockerfile
{
    public required string Base { get; init; }

    /// <summary>Absolute, in the image.</summary>
    public string WorkingDirectory { get; init; } = "/app";

    public required IReadOnlyList<string> Entrypoint { get; init; }

    /// <summary>Name or id, or a variable of the base's; empty for the base's own.</summary>
    public string User { get; init; } = "";

    /// <summary><c>8080</c> or <c>8080/tcp</c>.</summary>
    public IReadOnlyList<string> Ports { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    public string Render()
    {
        var text = new StringBuilder("# Made by Builder.MSBuild for a project without a Dockerfile. A copy of it beside the project takes its place.\n");
        text.Append("FROM ").Append(Base).Append('\n');
        text.Append("WORKDIR ").Append(WorkingDirectory).Append('\n');
        text.Append("COPY --from=publish . ./\n");
        foreach (var variable in Environment)
        {
            text.Append("ENV ").Append(variable.Key).Append('=').Append(Quote(variable.Value, "\"\\$")).Append('\n');
        }

        foreach (var port in Ports)
        {
            text.Append("EXPOSE ").Append(port).Append('\n');
        }

        if (User.Length > 0)
        {
            text.Append("USER ").Append(User).Append('\n');
        }

        return text.Append("ENTRYPOINT [").Append(string.Join(", ", Entrypoint.Select(word => Quote(word, "\"\\")))).Append("]\n").ToString();
    }

    /// <summary>In quotes, with a backslash before what would end them or mean something else.</summary>
    /// <exception cref="ItemException">A line break, which no instruction can have in it.</exception>
    private static string Quote(string value, string special)
    {
        if (value.IndexOfAny(['\r', '\n']) >= 0)
        {
            throw new ItemException(MSBuildErrors.InvalidItem, $"a default Dockerfile cannot have a value of several lines: '{value.Replace("\n", "\\n").Replace("\r", "\\r")}'; write a Dockerfile");
        }

        var quoted = new StringBuilder("\"");
        foreach (var letter in value)
        {
            _ = special.Contains(letter) ? quoted.Append('\\').Append(letter) : quoted.Append(letter);
        }

        return quoted.Append('"').ToString();
    }
}
