using Builder.Diagnostics;

namespace Builder.Cli.Templates;

/// <summary>A value whose fields are all known, so that one which it lacks is a mistake and not an empty one.</summary>
internal sealed class TemplateRow() : OrderedDictionary<string, object?>(StringComparer.Ordinal);

/// <summary>Fields of a value, by name.</summary>
internal static class TemplateFields
{
    /// <summary>
    /// The field as it is written, else in other letters: Docker has both <c>.ID</c> and <c>.Id</c>. What a document lacks is no value,
    /// because empty fields are left away there; a field that looks like a slip of one that is there, or that no row has, is an error.
    /// </summary>
    public static object? Get(object? value, string name)
    {
        switch (value)
        {
            case null:
                return null;
            case OrderedDictionary<string, object?> map when map.TryGetValue(name, out var member):
                return member;
            case OrderedDictionary<string, object?> map:
                return map.Keys.FirstOrDefault(key => string.Equals(key, name, StringComparison.OrdinalIgnoreCase)) is { } other ? map[other] : Missing(map, name);
            default:
                throw TemplateErrors.Running($"the template asks for .{name} of {TemplateText.Of(value)}, which has no fields");
        }
    }

    private static object? Missing(OrderedDictionary<string, object?> map, string name)
    {
        var near = Suggestions.Nearest(name, map.Keys);
        return map is TemplateRow || (near is not null && map.Keys.All(IsOurs))
            ? throw TemplateErrors.Running(
                $"the format has a field '.{name}', which is not there",
                near is null ? $"there is .{string.Join(", .", map.Keys)}" : $"did you mean .{near}?")
            : null;
    }

    /// <summary>Builder's fields begin with a capital letter; where all keys do, they are not keys that users chose, as those of labels are.</summary>
    private static bool IsOurs(string key) => key.Length > 0 && char.IsAsciiLetterUpper(key[0]) && key.All(char.IsAsciiLetterOrDigit);
}
