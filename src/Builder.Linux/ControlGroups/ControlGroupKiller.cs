using System.Globalization;

namespace Builder.Linux.ControlGroups;

/// <summary>Ends every process of a group.</summary>
internal static class ControlGroupKiller
{
    private const int Attempts = 500;

    public static void Kill(IReadOnlyDictionary<string, string> directories, IControlGroupFiles files)
    {
        if (directories.TryGetValue("", out var unified) && files.Exists($"{unified}/cgroup.kill"))
        {
            files.Write($"{unified}/cgroup.kill", "1");
            return;
        }

        if (directories.Values.FirstOrDefault() is not { } group)
        {
            return;
        }

        var freezer = directories.ContainsKey("freezer") || unified is not null ? ControlGroupFreezer.For(directories, files) : null;
        var wait = new SpinWait();
        for (var attempt = 0; attempt < Attempts && Members(group, files) is { Length: > 0 } members; attempt++)
        {
            freezer?.Freeze();
            foreach (var member in members)
            {
                _ = Native.Libc.SendSignal(member, Processes.Signals.Kill);
            }

            // Version 1 delivers no signal to who is frozen.
            freezer?.Thaw();
            wait.SpinOnce();
        }
    }

    private static int[] Members(string group, IControlGroupFiles files) =>
        [.. (files.Read($"{group}/cgroup.procs") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
}
