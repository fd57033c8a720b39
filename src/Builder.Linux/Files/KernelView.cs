namespace Builder.Linux.Files;

/// <summary>What the kernel lets this process do with files, as far as its user namespace decides.</summary>
public static class KernelView
{
    private static readonly Lazy<string[][]> Users = new(() =>
        [.. File.ReadAllLines("/proc/self/uid_map").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))]);

    /// <summary>Whether ids are the machine's own: outside, device nodes and <c>trusted.*</c> attributes are out of reach.</summary>
    public static bool IsInitialUserNamespace => Users.Value is [["0", "0", "4294967295"]];

    /// <summary>Whether one id alone exists: files of other owners cannot be made.</summary>
    public static bool HasSingleId => Users.Value is [[_, _, "1"]];
}
