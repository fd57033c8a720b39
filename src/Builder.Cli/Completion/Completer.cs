using System.CommandLine;

namespace Builder.Cli.Completion;

/// <summary>Finds what may come next in a line, from the definitions that the line will be parsed with.</summary>
internal sealed class Completer(Command root, CompletionSources sources)
{
    /// <param name="words">Without the program; the last is the one that is being written, and may be empty.</param>
    public Completions Complete(IReadOnlyList<string> words)
    {
        string[] line = DockerHabits.Rewrite([.. words.SkipLast(1)]);
        var current = words.Count == 0 ? "" : words[^1];
        var path = new List<Command> { root };
        var arguments = 0;
        Option? waiting = null;
        var onlyArguments = false;
        foreach (var word in line)
        {
            if (waiting is not null)
            {
                waiting = null;
            }
            else if (onlyArguments || !IsOption(word))
            {
                if (arguments == 0 && !onlyArguments && path[^1].Subcommands.FirstOrDefault(verb => verb.Name == word) is { } verb)
                {
                    path.Add(verb);
                }
                else
                {
                    arguments++;
                }
            }
            else if (word == "--")
            {
                onlyArguments = true;
            }
            else if (!word.Contains('=', StringComparison.Ordinal) && Find(path, word) is { } option && TakesWord(option))
            {
                waiting = option;
            }
        }

        return Matching(Candidates(path, line, current, arguments, waiting, onlyArguments), current);
    }

    private Completions Candidates(List<Command> path, string[] line, string current, int arguments, Option? waiting, bool onlyArguments)
    {
        if (waiting is not null)
        {
            return sources.Of(waiting, line);
        }

        if (!onlyArguments && current.StartsWith('-'))
        {
            var equals = current.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                return new Completions([.. Known(path).Select(option => (option.Name, option.Description ?? ""))], PathKind.None);
            }

            return Find(path, current[..equals]) is { } option
                ? sources.Of(option, line) is var found ? found with { Values = [.. found.Values.Select(value => (current[..(equals + 1)] + value.Value, value.Meaning))] } : found
                : Completions.Nothing;
        }

        var command = path[^1];
        if (command.Subcommands.Count > 0 && arguments == 0)
        {
            return new Completions([.. command.Subcommands.Where(verb => !verb.Hidden).Select(verb => (verb.Name, verb.Description ?? ""))], PathKind.None);
        }

        return command.Arguments.Count == 0 ? Completions.Nothing : ArgumentAt(command, arguments) is { } argument ? sources.Of(argument) : Completions.Nothing;
    }

    /// <summary>The last argument takes all that follow, if it takes several.</summary>
    private static Argument? ArgumentAt(Command command, int index) =>
        index < command.Arguments.Count ? command.Arguments[index] : command.Arguments[^1] is { Arity.MaximumNumberOfValues: > 1 } last ? last : null;

    private static Completions Matching(Completions completions, string current) =>
        completions with { Values = [.. completions.Values.Where(value => value.Value.StartsWith(current, StringComparison.Ordinal)).Distinct().OrderBy(value => value.Value, StringComparer.Ordinal)] };

    private static bool IsOption(string word) => word.Length > 1 && word[0] == '-';

    private static bool TakesWord(Option option) => option.Arity.MinimumNumberOfValues > 0 && option.ValueType != typeof(bool);

    private static IEnumerable<Option> Known(List<Command> path) =>
        path[^1].Options.Concat(path.SkipLast(1).SelectMany(command => command.Options).Where(option => option.Recursive)).Where(option => !option.Hidden);

    private static Option? Find(List<Command> path, string name) => Known(path).FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name));
}
