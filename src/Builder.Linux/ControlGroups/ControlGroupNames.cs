using System.Globalization;
using Builder.Diagnostics;

namespace Builder.Linux.ControlGroups;

/// <summary>What groups are called, and which of them nobody needs any more.</summary>
internal static class ControlGroupNames
{
    private const string Prefix = "builder-";

    /// <summary>Process ids mean something in one pid namespace only, so its number is part of the name.</summary>
    private static readonly Lazy<string> PidNamespace = new(() => new FileInfo("/proc/self/ns/pid").LinkTarget?.Trim('p', 'i', 'd', ':', '[', ']') ?? "0");

    public static string Next(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{PidNamespace.Value}-{Environment.ProcessId}-{number}");

    /// <summary>Removes the groups of processes that were killed before they could. The kernel keeps those that are in use.</summary>
    public static void RemoveLeftovers(IControlGroupFiles files, string parent)
    {
        var mine = $"{Prefix}{PidNamespace.Value}-";
        foreach (var child in files.Children(parent))
        {
            if (child.StartsWith(mine, StringComparison.Ordinal)
                && child[mine.Length..].Split('-') is [var process, _]
                && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && !files.Exists($"/proc/{id}"))
            {
                files.RemoveDirectory($"{parent}/{child}");
            }
        }
    }

    /// <exception cref="BuilderException"><see cref="LinuxErrors.ControlGroupParent"/>.</exception>
    public static string Below(string mount, string own, string parent)
    {
        if (parent.Split('/').Contains("..") || parent.Trim('/').Length == 0 || parent.Contains('\0', StringComparison.Ordinal))
        {
            throw new BuilderException(LinuxErrors.ControlGroupParent, $"'{parent}' is not what --cgroup-parent takes", "it is the path of a control group, such as /builds, or the name of a systemd slice");
        }

        return parent.EndsWith(".slice", StringComparison.Ordinal) && !parent.Contains('/', StringComparison.Ordinal) ? mount.TrimEnd('/') + Slice(parent)
            : parent.StartsWith('/') ? mount.TrimEnd('/') + "/" + parent.Trim('/')
            : $"{own.TrimEnd('/')}/{parent.Trim('/')}";
    }

    /// <summary><c>a-b.slice</c> lies in <c>a.slice</c> (systemd.slice(5)).</summary>
    private static string Slice(string name)
    {
        var path = "";
        for (var dash = name.IndexOf('-', StringComparison.Ordinal); dash > 0; dash = name.IndexOf('-', dash + 1))
        {
            path += $"/{name[..dash]}.slice";
        }

        return $"{path}/{name}";
    }
}
