using Builder.Diagnostics;

namespace Builder.Containers.Launch;

/// <summary>The texts that a process is given: arguments and environment.</summary>
internal static class ProcessTexts
{
    /// <exception cref="BuilderException"><see cref="ContainersErrors.InvalidProcess"/>.</exception>
    public static void Check(ContainerSpec spec)
    {
        if (spec.Argv is [] or ["", ..])
        {
            throw new BuilderException(ContainersErrors.InvalidProcess, "there is no program to run");
        }

        var texts = spec.Argv.Concat(spec.Env).Append(spec.Hostname).Append(spec.WorkingDirectory);
        if (texts.FirstOrDefault(text => text.Contains('\0', StringComparison.Ordinal)) is { } bad)
        {
            throw new BuilderException(ContainersErrors.InvalidProcess, $"a zero byte in \"{bad.Replace("\0", "\\0", StringComparison.Ordinal)}\"");
        }

        if (spec.Env.FirstOrDefault(variable => variable.IndexOf('=', StringComparison.Ordinal) <= 0) is { } nameless)
        {
            throw new BuilderException(ContainersErrors.InvalidProcess, $"environment variable \"{nameless}\" is not of the form NAME=value");
        }
    }

    /// <summary>Each name once, with its last value, in the place of its first.</summary>
    public static IReadOnlyCollection<string> Environment(ContainerSpec spec)
    {
        var variables = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in spec.Env)
        {
            variables[variable[..variable.IndexOf('=', StringComparison.Ordinal)]] = variable;
        }

        return variables.Values;
    }
}
