using System.CommandLine;

namespace Builder.Cli.Containers;

/// <summary>
/// <c>run [options] IMAGE command…</c>: what follows the image is the container's, however much it looks like options of ours. A
/// <c>--</c> is put where our options end, and short options that are written together are taken apart (<c>-it</c>, <c>-eA=1</c>).
/// </summary>
internal static class Passthrough
{
    public static string[] Complete(RootCommand root, string[] arguments)
    {
        var verb = Array.FindIndex(arguments, argument => !argument.StartsWith('-'));
        if (verb < 0 || root.Subcommands.FirstOrDefault(command => command.Name == arguments[verb]) is not { } command || !TakesCommand(command))
        {
            return arguments;
        }

        Option[] options = [.. command.Options, .. root.Options.Where(option => option.Recursive)];
        List<string> result = [.. arguments[..(verb + 1)]];
        for (var i = verb + 1; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            if (argument == "--")
            {
                return [.. result, .. arguments[i..]];
            }

            if (argument.Length < 2 || argument[0] != '-')
            {
                return [.. result, "--", .. arguments[i..]];
            }

            var wantsNext = argument.StartsWith("--", StringComparison.Ordinal)
                ? AddLong(result, options, argument)
                : AddShort(result, options, argument);
            if (wantsNext && i + 1 < arguments.Length)
            {
                result.Add(arguments[++i]);
            }
        }

        return [.. result];
    }

    private static bool TakesCommand(Command command) => command.Name is "run" or "create" or "exec";

    private static bool AddLong(List<string> result, Option[] options, string argument)
    {
        result.Add(argument);
        return !argument.Contains('=', StringComparison.Ordinal) && Find(options, argument) is { } option && TakesValue(option);
    }

    private static bool AddShort(List<string> result, Option[] options, string argument)
    {
        for (var i = 1; i < argument.Length; i++)
        {
            var name = "-" + argument[i];
            if (Find(options, name) is not { } option)
            {
                // Not ours: the parser says so, of the whole.
                result.Add(i == 1 ? argument : "-" + argument[i..]);
                return false;
            }

            result.Add(name);
            if (TakesValue(option))
            {
                var rest = argument[(i + 1)..];
                if (rest.Length > 0)
                {
                    result.Add(rest[0] == '=' ? rest[1..] : rest);
                }

                return rest.Length == 0;
            }
        }

        return false;
    }

    private static Option? Find(Option[] options, string name) => Array.Find(options, option => option.Name == name || option.Aliases.Contains(name));

    private static bool TakesValue(Option option) => option.ValueType != typeof(bool) && option.Arity.MaximumNumberOfValues > 0;
}
