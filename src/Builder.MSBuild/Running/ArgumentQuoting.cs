using System.Text;

namespace Builder.MSBuild.Running;

/// <summary>One text for the arguments of a process, as .NET takes it apart again: .NET Standard 2.0 has no list of arguments.</summary>
internal static class ArgumentQuoting
{
    public static string Join(IEnumerable<string> arguments) => string.Join(" ", arguments.Select(Quote));

    private static string Quote(string argument)
    {
        if (argument.Length > 0 && !argument.Any(letter => char.IsWhiteSpace(letter) || letter == '"'))
        {
            return argument;
        }

        var quoted = new StringBuilder("\"");
        var backslashes = 0;
        foreach (var letter in argument)
        {
            if (letter == '\\')
            {
                backslashes++;
                continue;
            }

            // Backslashes are themselves, but for those in front of a quote.
            quoted.Append('\\', letter == '"' ? (2 * backslashes) + 1 : backslashes).Append(letter);
            backslashes = 0;
        }

        return quoted.Append('\\', 2 * backslashes).Append('"').ToString();
    }
}
