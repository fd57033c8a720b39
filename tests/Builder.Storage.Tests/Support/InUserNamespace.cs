namespace Builder.Storage.Tests.Support;

/// <summary>Runs tests of this program again, in a user namespace with a mount namespace of its own.</summary>
public static class InUserNamespace
{
    /// <param name="idMap">A line of uid_map and gid_map; root may write any, so no subordinate ids are needed.</param>
    /// <param name="tests">Arguments that select the tests.</param>
    public static void RunSelf(string idMap, string tests)
    {
        Shell.SkipUnless("unshare");

        // The process in the namespace waits until it has ids.
        var output = Shell.Run("/", $$"""
            unshare --user --mount sh -c 'until read ids < /proc/self/gid_map; do sleep 0.05; done; exec "{{Environment.ProcessPath}}" {{tests}}' 2>&1 &
            until echo {{idMap}} > /proc/$!/uid_map; do sleep 0.05; done 2> /dev/null
            echo {{idMap}} > /proc/$!/gid_map
            wait $! || true
            """);
        Assert.Contains("Errors: 0, Failed: 0, ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Total: 0,", output, StringComparison.Ordinal);
    }
}
