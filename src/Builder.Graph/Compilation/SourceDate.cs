using System.Globalization;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Graph.Operations;

namespace Builder.Graph.Compilation;

/// <summary>
/// SOURCE_DATE_EPOCH: a build argument or the default of a global ARG; in seconds since 1970, or the name of the source
/// whose time it is. A folder as that source has no time of its own; that means none.
/// </summary>
internal static class SourceDate
{
    private const string Name = "SOURCE_DATE_EPOCH";

    public static IReadOnlyDictionary<string, string> AmongBuildArgs(CompileOptions options) =>
        options.SourceDateEpoch is not { } epoch || options.BuildArgs.ContainsKey(Name)
            ? options.BuildArgs
            : With(options.BuildArgs, epoch.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// The build arguments with the seconds in place of a source's name, which is what programs in the build expect.
    /// </summary>
    /// <exception cref="BuilderException"><see cref="GraphErrors.InvalidEpoch"/>; whatever keeps the source from being read.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> ResolveAsync(
        DockerfileSyntax dockerfile, CompileOptions options, IReadOnlyDictionary<string, string> buildArgs, VariableMap globals, Expander expander, CancellationToken cancellationToken)
    {
        var text = TextOf(buildArgs, globals);
        if (text.Length == 0 || Seconds(text) is not null)
        {
            return buildArgs;
        }

        if (!TryFindSource(dockerfile, options, buildArgs, globals, expander, text, out var source))
        {
            throw Invalid(dockerfile, buildArgs, text);
        }

        var time = source is null || options.SourceTimes is null ? null : await options.SourceTimes.TimeOfAsync(source, cancellationToken);
        var seconds = time?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) ?? "";
        globals.Set(Name, seconds);
        return With(buildArgs, seconds);
    }

    /// <summary>The time, once no source stands in its place.</summary>
    public static DateTimeOffset? Of(IReadOnlyDictionary<string, string> buildArgs, VariableMap globals) => Seconds(TextOf(buildArgs, globals));

    private static string TextOf(IReadOnlyDictionary<string, string> buildArgs, VariableMap globals) =>
        buildArgs.GetValueOrDefault(Name) ?? globals.Find(Name) ?? "";

    private static DateTimeOffset? Seconds(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string> buildArgs, string value) => new(buildArgs) { [Name] = value };

    /// <param name="source">Null for one that has no time.</param>
    private static bool TryFindSource(
        DockerfileSyntax dockerfile, CompileOptions options, IReadOnlyDictionary<string, string> buildArgs, VariableMap globals, Expander expander, string name, out Operation? source)
    {
        source = name == ContextOperation.MainName ? new ContextOperation(name) : options.NamedContexts.GetValueOrDefault(name) switch
        {
            GitContext git => RemoteSource.Parse(git.Url, keepGitDirectory: false),
            HttpContext http => RemoteSource.Parse(http.Url, keepGitDirectory: false),
            _ => null,
        };
        if (source is not null || options.NamedContexts.GetValueOrDefault(name) is FolderContext)
        {
            return true;
        }

        var stage = dockerfile.Stages.LastOrDefault(stage => string.Equals(stage.Name, name, StringComparison.OrdinalIgnoreCase));
        source = stage is null ? null : OnlySourceOf(stage, dockerfile.Directives.Escape, buildArgs, globals.Copy(), expander);
        return source is not null;
    }

    /// <summary>The source of a stage that does nothing but to ADD it: FROM scratch, ARGs, one remote ADD.</summary>
    private static Operation? OnlySourceOf(StageSyntax stage, char escape, IReadOnlyDictionary<string, string> buildArgs, VariableMap globals, Expander expander)
    {
        if (stage.From.Image.Text != "scratch"
            || stage.Instructions.Where(instruction => instruction is not ArgInstruction).ToArray() is not [AddInstruction { Sources: [var word], Heredocs: [] } add])
        {
            return null;
        }

        var variables = new VariableMap();
        foreach (var declaration in stage.Instructions.OfType<ArgInstruction>().SelectMany(arg => arg.Declarations))
        {
            var name = declaration.Name.Text;
            if (buildArgs.GetValueOrDefault(name) is { } given)
            {
                variables.Set(name, given);
            }
            else if (declaration.Default is { } text)
            {
                variables.Set(name, expander.Expand(text, variables, escape));
            }
            else if (globals.Find(name) is { } global)
            {
                variables.Set(name, global);
            }
        }

        var url = expander.Expand(word, variables, escape);
        var checksum = add.Checksum is { } wanted ? expander.Expand(wanted, variables, escape) : null;
        return GitSource.IsRepository(url) ? GitSource.Parse(url, add.KeepGitDirectory, checksum, word.Span)
            : HttpSource.IsUrl(url) ? HttpSource.Create(url, checksum)
            : null;
    }

    private static BuilderException Invalid(DockerfileSyntax dockerfile, IReadOnlyDictionary<string, string> buildArgs, string text)
    {
        var place = dockerfile.GlobalArgs.SelectMany(arg => arg.Declarations).LastOrDefault(declaration => declaration.Name.Text == Name)?.Default?.Span;
        return new BuilderException(
            GraphErrors.InvalidEpoch, $"invalid {Name}: {text}", "give it the seconds since 1970, or the name of a context from git or http",
            buildArgs.ContainsKey(Name) ? null : place);
    }
}
