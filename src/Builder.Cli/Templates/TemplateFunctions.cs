using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Builder.Cli.Templates;

/// <summary>The functions of templates: Go's, and those that Docker adds.</summary>
internal sealed class TemplateFunctions
{
    private static readonly FrozenDictionary<string, Func<object?[], object?>> All = new Dictionary<string, Func<object?[], object?>>(StringComparer.Ordinal)
    {
        ["and"] = arguments => arguments.FirstOrDefault(value => !IsTrue(value), arguments[^1]),
        ["or"] = arguments => arguments.FirstOrDefault(IsTrue, arguments[^1]),
        ["not"] = arguments => !IsTrue(One("not", arguments)),
        ["eq"] = arguments => arguments.Skip(1).Any(other => AreEqual(arguments[0], other)),
        ["ne"] = arguments => !AreEqual(Two("ne", arguments).Left, arguments[1]),
        ["lt"] = arguments => Compare("lt", arguments) < 0,
        ["le"] = arguments => Compare("le", arguments) <= 0,
        ["gt"] = arguments => Compare("gt", arguments) > 0,
        ["ge"] = arguments => Compare("ge", arguments) >= 0,
        ["len"] = arguments => Length(One("len", arguments)),
        ["index"] = arguments => arguments.Skip(1).Aggregate(arguments[0], Index),
        ["slice"] = Slice,
        ["print"] = arguments => string.Concat(arguments.Select(TemplateText.Of)),
        ["println"] = arguments => string.Join(' ', arguments.Select(TemplateText.Of)) + "\n",
        ["printf"] = arguments => GoFormat.Format(Text("printf", arguments[0]), arguments.AsSpan(1)),
        ["json"] = arguments => TemplateText.Json(One("json", arguments)),
        ["join"] = arguments => string.Join(Text("join", Two("join", arguments).Right), List("join", arguments[0]).Select(TemplateText.Of)),
        ["split"] = arguments => Text("split", Two("split", arguments).Left).Split(Text("split", arguments[1])).Cast<object?>().ToArray(),
        ["lower"] = arguments => Text("lower", One("lower", arguments)).ToLowerInvariant(),
        ["upper"] = arguments => Text("upper", One("upper", arguments)).ToUpperInvariant(),
        ["title"] = arguments => Title(Text("title", One("title", arguments))),
        ["pad"] = Pad,
        ["truncate"] = arguments => Text("truncate", Two("truncate", arguments).Left) is var text && Number("truncate", arguments[1]) is var width && text.Length > width ? text[..Math.Max(0, width)] : text,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly bool forHeadings;

    private TemplateFunctions(bool forHeadings) => this.forHeadings = forHeadings;

    public static TemplateFunctions Usual { get; } = new(forHeadings: false);

    /// <summary>For the line of headings, where the fields are words: what would take a value apart leaves them as they are.</summary>
    public static TemplateFunctions Headings { get; } = new(forHeadings: true);

    public static IReadOnlyList<string> Names { get; } = [.. All.Keys.Order(StringComparer.Ordinal)];

    public object? Call(string name, object?[] arguments)
    {
        if (arguments.Length == 0)
        {
            throw TemplateErrors.Running($"the template calls {name} without arguments");
        }

        return forHeadings && (name is "json" or "split" or "join" or "truncate" or "index" or "len") ? arguments[0] : All[name](arguments);
    }

    /// <summary>Go's truth: not false, not zero, not empty.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        long whole => whole != 0,
        double number => number != 0,
        string text => text.Length > 0,
        IReadOnlyList<object?> list => list.Count > 0,
        OrderedDictionary<string, object?> map => map.Count > 0,
        _ => true,
    };

    private static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (long whole, double number) => whole == number,
        (double number, long whole) => number == whole,
        _ => Equals(left, right),
    };

    private static int Compare(string function, object?[] arguments) => Two(function, arguments) switch
    {
        (string left, string right) => string.CompareOrdinal(left, right),
        (long left, long right) => left.CompareTo(right),
        (long or double, long or double) => Convert.ToDouble(arguments[0], CultureInfo.InvariantCulture).CompareTo(Convert.ToDouble(arguments[1], CultureInfo.InvariantCulture)),
        _ => throw TemplateErrors.Running($"the template compares {TemplateText.Of(arguments[0])} and {TemplateText.Of(arguments[1])}, which are of different kinds"),
    };

    private static long Length(object? value) => value switch
    {
        null => 0,
        string text => Encoding.UTF8.GetByteCount(text),
        IReadOnlyList<object?> list => list.Count,
        OrderedDictionary<string, object?> map => map.Count,
        _ => throw TemplateErrors.Running($"the template asks for the length of {TemplateText.Of(value)}, which has none"),
    };

    private static object? Index(object? value, object? key) => (value, key) switch
    {
        (IReadOnlyList<object?> list, long at) when at >= 0 && at < list.Count => list[(int)at],
        (IReadOnlyList<object?> list, long at) => throw TemplateErrors.Running($"the template asks for item {at} of a list of {list.Count}"),
        (OrderedDictionary<string, object?> map, string name) => map.GetValueOrDefault(name),
        (null, _) => null,
        _ => throw TemplateErrors.Running($"the template asks for item {TemplateText.Of(key)} of {TemplateText.Of(value)}"),
    };

    private static object? Slice(object?[] arguments)
    {
        var from = arguments.Length > 1 ? Number("slice", arguments[1]) : 0;
        var length = (int)Length(arguments[0]);
        var to = arguments.Length > 2 ? Number("slice", arguments[2]) : length;
        if (from < 0 || to < from || to > length)
        {
            throw TemplateErrors.Running($"the template takes {from} to {to} of something of length {length}");
        }

        return arguments[0] switch
        {
            string text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text).AsSpan(from, to - from)),
            IReadOnlyList<object?> list => list.Skip(from).Take(to - from).ToArray(),
            _ => throw TemplateErrors.Running("the template slices what is neither text nor list"),
        };
    }

    private static object? Pad(object?[] arguments)
    {
        if (arguments.Length != 3)
        {
            throw TemplateErrors.Running("the template calls pad, which takes a text and two numbers");
        }

        return new string(' ', Spaces(arguments[1])) + Text("pad", arguments[0]) + new string(' ', Spaces(arguments[2]));

        static int Spaces(object? value) => Math.Clamp(Number("pad", value), 0, 1000);
    }

    private static string Title(string text)
    {
        var title = text.ToCharArray();
        for (var i = 0; i < title.Length; i++)
        {
            title[i] = i == 0 || !char.IsLetterOrDigit(title[i - 1]) ? char.ToUpperInvariant(title[i]) : title[i];
        }

        return new string(title);
    }

    private static object? One(string function, object?[] arguments) =>
        arguments.Length == 1 ? arguments[0] : throw TemplateErrors.Running($"the template calls {function} with {arguments.Length} arguments; it takes one");

    private static (object? Left, object? Right) Two(string function, object?[] arguments) =>
        arguments.Length == 2 ? (arguments[0], arguments[1]) : throw TemplateErrors.Running($"the template calls {function} with {arguments.Length} arguments; it takes two");

    private static string Text(string function, object? value) =>
        value as string ?? throw TemplateErrors.Running($"the template calls {function} with {TemplateText.Of(value)}, which is no text");

    private static IReadOnlyList<object?> List(string function, object? value) => value switch
    {
        null => [],
        IReadOnlyList<object?> list => list,
        _ => throw TemplateErrors.Running($"the template calls {function} with {TemplateText.Of(value)}, which is no list"),
    };

    private static int Number(string function, object? value) => value is long and >= int.MinValue and <= int.MaxValue
        ? (int)(long)value
        : throw TemplateErrors.Running($"the template calls {function} with {TemplateText.Of(value)}, which is no number");
}
