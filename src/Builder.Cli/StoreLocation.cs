namespace Builder.Cli;

/// <summary>Where the store is (spec/architecture.md, "On disk").</summary>
internal static class StoreLocation
{
    private const string SystemFolder = "/var/lib/builder";

    public static string Root => Choose(Environment.GetEnvironmentVariable, Linux.Isolation.UserNamespace.Current.IsInitial && Environment.IsPrivilegedProcess);

    /// <param name="isRoot">Real root, not that of a user namespace, who still works in the user's home.</param>
    internal static string Choose(Func<string, string?> variable, bool isRoot)
    {
        if (variable("BUILDER_ROOT") is { Length: > 0 } chosen)
        {
            return Path.GetFullPath(chosen);
        }

        if (isRoot)
        {
            return SystemFolder;
        }

        var data = variable("XDG_DATA_HOME") is { Length: > 0 } given ? given : Path.Combine(variable("HOME") ?? "/", ".local", "share");
        return Path.Combine(data, "builder");
    }
}
