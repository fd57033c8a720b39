using Builder.Diagnostics;

namespace Builder.Cli.Calls;

/// <summary>What <c>build</c> is asked to do: build, or tell something about the file instead.</summary>
internal enum CallMethod
{
    Build,
    Check,
    Outline,
    Targets,
}

/// <summary>How an answer is written.</summary>
internal enum CallFormat
{
    Text,
    Json,
    Sarif,
}

/// <summary><c>--call=METHOD[,format=text|json|sarif][,ignorestatus]</c>, as buildx has it.</summary>
/// <param name="IgnoreStatus">Whether findings leave the exit code at 0.</param>
internal sealed record BuildCall(CallMethod Method, CallFormat Format, bool IgnoreStatus)
{
    private static readonly Dictionary<string, CallMethod> Methods = new(StringComparer.Ordinal)
    {
        ["build"] = CallMethod.Build,
        ["check"] = CallMethod.Check,
        ["lint"] = CallMethod.Check,
        ["outline"] = CallMethod.Outline,
        ["targets"] = CallMethod.Targets,
    };

    private static readonly Dictionary<string, CallFormat> Formats = new(StringComparer.Ordinal)
    {
        ["text"] = CallFormat.Text,
        ["json"] = CallFormat.Json,
        ["sarif"] = CallFormat.Sarif,
    };

    /// <param name="text">The value of <c>--call</c>; null when it was not given.</param>
    /// <param name="check">Whether <c>--check</c> was given, which is <c>--call=check</c>.</param>
    /// <exception cref="BuilderException"><see cref="CliErrors.UnknownCall"/>.</exception>
    public static BuildCall Parse(string? text, bool check)
    {
        CallMethod? method = check ? CallMethod.Check : null;
        var format = CallFormat.Text;
        var ignoreStatus = false;
        foreach (var field in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = field.Split('=', 2) is [var name, var given] ? (name, given) : (field, null);
            switch (key, value)
            {
                case ("format", not null):
                    format = Find(Formats, value, "format");
                    break;
                case ("ignorestatus", null or "true" or "false"):
                    ignoreStatus = value is not "false";
                    break;
                case (_, null):
                    method = Choose(method, Find(Methods, key, "method"));
                    break;
                default:
                    throw Unknown($"--call has no option '{key}'", "write --call=METHOD,format=json");
            }
        }

        return Require(new BuildCall(method ?? CallMethod.Build, format, ignoreStatus));
    }

    private static CallMethod Choose(CallMethod? chosen, CallMethod method) =>
        chosen is null || chosen == method ? method : throw Unknown("--check and --call ask for different things", "--check is short for --call=check");

    private static BuildCall Require(BuildCall call) =>
        call.Format == CallFormat.Sarif && call.Method != CallMethod.Check
            ? throw Unknown("only the findings of checks can be written as SARIF", "write --call=check,format=sarif")
            : call;

    private static T Find<T>(Dictionary<string, T> known, string name, string what) =>
        known.TryGetValue(name, out var value) ? value
        : throw Unknown(
            $"--call knows no {what} '{name}'",
            Suggestions.Nearest(name, known.Keys) is { } near ? $"did you mean {near}?" : $"it is one of {string.Join(", ", known.Keys.Where(key => key != "lint"))}");

    private static BuilderException Unknown(string message, string hint) => new(CliErrors.UnknownCall, message, hint);
}
