using Builder.Containers;

namespace Builder.Engine.Containers;

/// <summary>The environment of a process in a container.</summary>
internal static class StepEnvironment
{
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>What is there, with PATH and HOME added where nobody has set them.</summary>
    public static List<string> Complete(IEnumerable<string> environment, ResolvedUser user)
    {
        var complete = environment.Where(entry => entry != "HOME=").ToList();
        if (!Has(complete, "PATH="))
        {
            complete.Insert(0, DefaultPath);
        }

        if (!Has(complete, "HOME="))
        {
            complete.Add("HOME=" + user.Home);
        }

        return complete;
    }

    /// <summary>The environment with some of its variables replaced.</summary>
    public static IEnumerable<string> Replace(IEnumerable<string> environment, IReadOnlyList<string> replacements)
    {
        var names = replacements.Select(entry => entry[..(entry.IndexOf('=', StringComparison.Ordinal) + 1)]).ToArray();
        return environment.Where(entry => !Array.Exists(names, name => entry.StartsWith(name, StringComparison.Ordinal))).Concat(replacements);
    }

    private static bool Has(List<string> environment, string prefix) =>
        environment.Exists(entry => entry.StartsWith(prefix, StringComparison.Ordinal));
}
