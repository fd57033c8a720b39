using System.ComponentModel;
using System.Diagnostics;
using Builder.Diagnostics;

namespace Builder.Linux.Isolation;

/// <summary>
/// Gives a process in a new user namespace its ids: those of the user and the lent ones with the set-uid programs
/// newuidmap and newgidmap, or, when nothing was lent, the one id that the kernel lets everybody map.
/// </summary>
internal sealed class IdMapWriter(IdMap users, IdMap groups)
{
    /// <summary>The maps of the calling user.</summary>
    public static IdMapWriter ForThisUser()
    {
        var (user, group) = (Native.Libc.EffectiveUserId(), Native.Libc.EffectiveGroupId());
        var lentUsers = SubordinateIds.Of(Environment.UserName, user, ReadOrEmpty("/etc/subuid"));
        var lentGroups = SubordinateIds.Of(Environment.UserName, user, ReadOrEmpty("/etc/subgid"));

        // Half a map helps nobody: files of lent users would have no group.
        return lentUsers.Count > 0 && lentGroups.Count > 0
            ? new IdMapWriter(SubordinateIds.Map(user, lentUsers), SubordinateIds.Map(group, lentGroups))
            : new IdMapWriter(SubordinateIds.Map(user, []), SubordinateIds.Map(group, []));
    }

    public bool IsSingleId => users.Count == 1;

    /// <exception cref="BuilderException"><see cref="LinuxErrors.IdMap"/>.</exception>
    public void Write(int processId)
    {
        if (IsSingleId)
        {
            // Whoever may not choose groups may not get rid of one either: some groups only take rights away.
            WriteFile($"/proc/{processId}/setgroups", "deny");
            WriteFile($"/proc/{processId}/uid_map", users.ToString());
            WriteFile($"/proc/{processId}/gid_map", groups.ToString());
        }
        else
        {
            Run("newuidmap", processId, users, "/etc/subuid");
            Run("newgidmap", processId, groups, "/etc/subgid");
        }
    }

    private static void Run(string program, int processId, IdMap map, string file)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(processId.ToString());
        foreach (var number in map.Ranges.SelectMany(range => new[] { range.Inside, range.Outside, range.Length }))
        {
            start.ArgumentList.Add(number.ToString());
        }

        try
        {
            using var process = Process.Start(start)!;
            var complaint = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw Refused(program, complaint, file);
            }
        }
        catch (Win32Exception exception)
        {
            throw new BuilderException(
                LinuxErrors.IdMap,
                $"{program} cannot be started, and without it the ids that {file} lends are of no use",
                "install the package uidmap (shadow-utils, shadow-uidmap)",
                inner: exception);
        }
    }

    private static BuilderException Refused(string program, string complaint, string file) => new(
        LinuxErrors.IdMap,
        complaint.Length > 0 ? complaint : $"{program} failed",
        complaint.Contains("not allowed", StringComparison.Ordinal)
            ? $"the ranges of this user in {file} must be the ones that {program} may use: no overlaps, the right name"
            : $"{program} must be owned by root and be set-uid, or have the file capability cap_setuid (cap_setgid)");

    private static void WriteFile(string path, string text)
    {
        try
        {
            File.WriteAllText(path, text);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(
                LinuxErrors.IdMap,
                $"the kernel does not accept the single id of this user: {exception.Message}",
                UserNamespaceRefusal.Remedy(Errno.EPERM, UserNamespaceRefusal.ReadSetting),
                inner: exception);
        }
    }

    private static string ReadOrEmpty(string path) => File.Exists(path) ? File.ReadAllText(path) : "";
}
