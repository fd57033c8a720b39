using System.Text;
using System.Text.Json;
using Builder.Diagnostics;

namespace Builder.Cli.Templates;

/// <summary>
/// A template of <c>--format</c> and <c>inspect -f</c>, in the part of Go's text/template that people use with Docker: fields,
/// variables, pipelines, if, with, range, and Docker's functions. A value is null, a bool, a long, a double, a string,
/// an <see cref="IReadOnlyList{T}"/> or an <see cref="OrderedDictionary{TKey,TValue}"/> of values.
/// </summary>
internal sealed class Template
{
    private readonly IReadOnlyList<TemplateNode> nodes;

    private Template(IReadOnlyList<TemplateNode> nodes) => this.nodes = nodes;

    /// <exception cref="BuilderException">It is no template.</exception>
    public static Template Parse(string text) => new(TemplateParser.Parse(text));

    /// <param name="functions">How json, join and their like behave, which differs for headings.</param>
    /// <exception cref="BuilderException">It asks for what the value does not have.</exception>
    public string Render(object? value, TemplateFunctions? functions = null)
    {
        var output = new StringBuilder();
        new TemplateRun(value, functions ?? TemplateFunctions.Usual, output).Run(nodes, value);
        return output.ToString();
    }

    /// <summary>A JSON document as a value.</summary>
    public static object? ValueOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? (object)whole : element.GetDouble(),
        JsonValueKind.Array => element.EnumerateArray().Select(ValueOf).ToArray(),
        JsonValueKind.Object => ObjectOf(element),
        _ => null,
    };

    private static OrderedDictionary<string, object?> ObjectOf(JsonElement element)
    {
        var members = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            members[member.Name] = ValueOf(member.Value);
        }

        return members;
    }
}
