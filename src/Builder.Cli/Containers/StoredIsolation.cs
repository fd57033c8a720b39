using System.CommandLine;
using System.CommandLine.Parsing;
using Builder.Cli.Commands;
using Builder.Containers;
using Builder.Storage.Containers;

namespace Builder.Cli.Containers;

/// <summary>
/// The options of a container's walls are kept as they were written, and read again whenever the container is started: what they mean
/// has one place, the command line's.
/// </summary>
internal static class StoredIsolation
{
    /// <summary>What of a command line is about walls, checked, as <c>--name=value</c>.</summary>
    public static IReadOnlyList<string> Take(ParseResult parsed)
    {
        _ = IsolationOptions.Of(parsed);
        var taken = IsolationOptions.OfEnvironment(parsed).ToList();
        foreach (var option in IsolationOptions.All)
        {
            if (parsed.GetResult(option) is { Implicit: false } result)
            {
                taken.AddRange(result.Tokens.Select(token => $"{option.Name}={Absolute(option.Name, token.Value)}"));
            }
        }

        return taken;
    }

    public static IsolationSettings Of(StoredContainer container) => Of(container.Record.Settings);

    public static IsolationSettings Of(ContainerSettings settings)
    {
        var command = new Command("walls");
        foreach (var option in IsolationOptions.All)
        {
            command.Options.Add(option);
        }

        return IsolationOptions.Of(command.Parse([.. settings.Isolation]), settings.Network, isStored: true);
    }

    /// <summary>A policy is read again when the container is started, perhaps from another folder.</summary>
    private static string Absolute(string option, string value)
    {
        const string Policy = "seccomp=";
        return option == "--security-opt" && value.StartsWith(Policy, StringComparison.Ordinal) && File.Exists(value[Policy.Length..])
            ? Policy + Path.GetFullPath(value[Policy.Length..])
            : value;
    }
}
