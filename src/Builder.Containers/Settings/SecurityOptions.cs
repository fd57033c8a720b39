using Builder.Diagnostics;
using Builder.Linux.Isolation;
using Builder.Linux.Isolation.Seccomp;

namespace Builder.Containers;

/// <summary>What <c>--security-opt</c> says.</summary>
public sealed record SecurityOptions
{
    private const string SelinuxDefault = "system_u:system_r:container_t:s0";

    public static SecurityOptions Default { get; } = new();

    public SeccompPolicy Seccomp { get; init; } = SeccompPolicy.Default;

    public bool NoNewPrivileges { get; init; }

    public SecurityLabels Labels { get; init; } = SecurityLabels.None;

    /// <summary>Whether the paths of <see cref="KernelPaths"/> are masked and read-only.</summary>
    public bool HidesSystemPaths { get; init; } = true;

    /// <summary>
    /// <c>seccomp=FILE|unconfined</c>, <c>no-new-privileges</c>, <c>apparmor=PROFILE</c>, <c>label=…</c>, <c>systempaths=unconfined</c>;
    /// Docker's older form has a colon instead of the equals sign.
    /// </summary>
    /// <param name="readFile">Gives the bytes of a profile.</param>
    /// <exception cref="BuilderException"><see cref="ContainersErrors.InvalidSecurityOption"/>, <see cref="Linux.LinuxErrors.SeccompProfile"/>.</exception>
    public static SecurityOptions Parse(IEnumerable<string> options, Func<string, byte[]> readFile)
    {
        ArgumentNullException.ThrowIfNull(readFile);
        return options.Aggregate(Default, (all, option) =>
        {
            var separator = option.IndexOfAny(['=', ':']);
            var (key, value) = separator < 0 ? (option, "") : (option[..separator], option[(separator + 1)..]);
            return (key, value) switch
            {
                ("seccomp", "unconfined") => all with { Seccomp = SeccompPolicy.Unconfined },
                ("seccomp", "default" or "builtin") => all with { Seccomp = SeccompPolicy.Default },
                ("seccomp", not "") => all with { Seccomp = SeccompPolicy.Of(SeccompProfile.Parse(readFile(value), value)) },
                ("no-new-privileges", "" or "true") => all with { NoNewPrivileges = true },
                ("no-new-privileges", "false") => all with { NoNewPrivileges = false },
                ("apparmor", "unconfined") => all with { Labels = all.Labels with { AppArmor = SecurityModules.OfThisMachine.HasAppArmor ? value : null } },
                ("apparmor", not "") => all with { Labels = all.Labels with { AppArmor = value } },
                ("label", "disable") => all with { Labels = all.Labels with { Selinux = null } },
                ("label", not "") => all with { Labels = all.Labels with { Selinux = Relabelled(all.Labels.Selinux ?? SelinuxDefault, value, option) } },
                ("systempaths", "unconfined") => all with { HidesSystemPaths = false },
                _ => throw Invalid(option),
            };
        });
    }

    /// <summary>A label with one of its parts replaced, by <c>user:</c>, <c>role:</c>, <c>type:</c> or <c>level:</c>.</summary>
    private static string Relabelled(string label, string change, string option)
    {
        var parts = label.Split(':', 4);
        var (key, value) = change.Split(':', 2) is [var first, var second] ? (first, second) : throw Invalid(option);
        var part = Array.IndexOf(["user", "role", "type", "level"], key);
        if (part < 0 || value.Length == 0)
        {
            throw Invalid(option);
        }

        parts[part] = value;
        return string.Join(':', parts);
    }

    private static BuilderException Invalid(string option) => new(
        ContainersErrors.InvalidSecurityOption,
        $"'{option}' is not what --security-opt takes",
        "it is seccomp=FILE, seccomp=unconfined, no-new-privileges, apparmor=PROFILE, label=TYPE:VALUE, label=disable or systempaths=unconfined");
}
