using System.Text;
using System.Text.RegularExpressions;

namespace Builder.Engine.Images;

/// <summary>Shell patterns over names with slashes: <c>*</c> and <c>?</c> stop at one, <c>[a-z]</c> is one of these characters.</summary>
internal static class Glob
{
    internal static bool Fits(string pattern, string text)
    {
        var expression = new StringBuilder("\\A");
        for (var i = 0; i < pattern.Length; i++)
        {
            var end = pattern[i] == '[' ? pattern.IndexOf(']', i + 1) : -1;
            switch (pattern[i])
            {
                case '*':
                    expression.Append("[^/]*");
                    break;
                case '?':
                    expression.Append("[^/]");
                    break;
                case '[' when end > i + 1:
                    expression.Append(SetOf(pattern[(i + 1)..end]));
                    i = end;
                    break;
                default:
                    expression.Append(Regex.Escape(pattern[i].ToString()));
                    break;
            }
        }

        return Regex.IsMatch(text, expression.Append("\\z").ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    private static string SetOf(string characters)
    {
        var negated = characters[0] is '^' or '!' && characters.Length > 1;
        var inner = (negated ? characters[1..] : characters).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal);
        return $"[{(negated ? "^" : "")}{inner}]";
    }
}
