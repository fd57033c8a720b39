using System.Text;

namespace Builder.MSBuild.Items;

/// <summary>The arguments of a program as one text: a line each, so that a binary log shows them readably.</summary>
internal static class ArgumentText
{
    public static string Join(IEnumerable<string> arguments) =>
        string.Join("\n", arguments.Select(argument => argument.Replace("\\", "\\\\").Replace("\n", "\\n")));

    public static IReadOnlyList<string> Split(string text) => text.Length == 0 ? [] : [.. text.Split('\n').Select(Plain)];

    private static string Plain(string line)
    {
        var plain = new StringBuilder(line.Length);
        for (var i = 0; i < line.Length; i++)
        {
            _ = line[i] != '\\' || i + 1 == line.Length ? plain.Append(line[i])
                : plain.Append(line[++i] == 'n' ? '\n' : line[i]);
        }

        return plain.ToString();
    }
}
