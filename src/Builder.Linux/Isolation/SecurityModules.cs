namespace Builder.Linux.Isolation;

/// <summary>Which of the kernel's security modules confine programs here.</summary>
/// <param name="Profiles">The AppArmor profiles that are loaded; null when this user may not know.</param>
public sealed record SecurityModules(bool HasAppArmor, bool HasSelinux, IReadOnlySet<string>? Profiles, string AppArmorFile)
{
    /// <summary>Takes the label of the next program; the file of whichever module came first, before each had its own.</summary>
    public const string ExecutionFile = "/proc/self/attr/exec";

    private const string AppArmorsOwn = "/proc/self/attr/apparmor/exec";

    private static readonly Lazy<SecurityModules> Found = new(Find);

    public static SecurityModules OfThisMachine => Found.Value;

    private static SecurityModules Find() => new(
        Read("/sys/module/apparmor/parameters/enabled")?.Trim() == "Y",
        Directory.Exists("/sys/fs/selinux") && File.Exists("/sys/fs/selinux/enforce"),
        Read("/sys/kernel/security/apparmor/profiles")?.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..Math.Max(line.LastIndexOf(" (", StringComparison.Ordinal), 0)]).ToHashSet(StringComparer.Ordinal),
        File.Exists(AppArmorsOwn) ? AppArmorsOwn : ExecutionFile);

    private static string? Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
