using System.Globalization;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Graph.Operations;

namespace Builder.Graph.Compilation;

/// <summary>
/// SOURCE_DATE_EPOCH: a build argument or the default of a global ARG, in seconds since 1970. A folder as its source has
/// no time of its own; that means none.
/// </summary>
internal static class SourceDate
{
    private const string Name = "SOURCE_DATE_EPOCH";

    public static IReadOnlyDictionary<string, string> AmongBuildArgs(CompileOptions options) =>
        options.SourceDateEpoch is not { } epoch || options.BuildArgs.ContainsKey(Name)
            ? options.BuildArgs
            : new Dictionary<string, string>(options.BuildArgs) { [Name] = epoch.ToString(CultureInfo.InvariantCulture) };

    public static DateTimeOffset? Find(
        DockerfileSyntax dockerfile, CompileOptions options, IReadOnlyDictionary<string, string> buildArgs, VariableMap globals)
    {
        var text = buildArgs.GetValueOrDefault(Name) ?? globals.Find(Name) ?? "";
        if (text.Length == 0 || text == ContextOperation.MainName || options.NamedContexts.GetValueOrDefault(text) is FolderContext)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            return DateTimeOffset.FromUnixTimeSeconds(seconds);
        }

        var place = dockerfile.GlobalArgs.SelectMany(arg => arg.Declarations).LastOrDefault(declaration => declaration.Name.Text == Name)?.Default?.Span;
        throw new BuilderException(
            GraphErrors.InvalidEpoch, $"invalid {Name}: {text}", "give it the seconds since 1970",
            buildArgs.ContainsKey(Name) ? null : place);
    }
}
