using Builder.Diagnostics;
using Builder.Linux.Isolation;
using Builder.Linux.Script;

namespace Builder.Containers.Launch;

/// <summary>
/// Tells the kernel's security module under which name the container's program runs. The file is opened while the host's /proc is
/// in sight: one that an image could have put there never takes the label (CVE-2019-16884, CVE-2025-52881).
/// </summary>
internal sealed class LabelScript(SecurityLabels labels)
{
    private ScriptVariable? file;

    /// <exception cref="BuilderException"><see cref="ContainersErrors.SecurityLabel"/>.</exception>
    public void Open(SyscallScript script) => Open(script, SecurityModules.OfThisMachine);

    internal void Open(SyscallScript script, SecurityModules modules)
    {
        if (labels.AppArmor is not null && !modules.HasAppArmor)
        {
            throw Missing($"apparmor={labels.AppArmor}", "AppArmor");
        }

        if (labels.Selinux is not null && !modules.HasSelinux)
        {
            throw Missing($"label={labels.Selinux}", "SELinux");
        }

        if (labels.AppArmor is { } profile && modules.Profiles is { } loaded && profile != "unconfined" && !loaded.Contains(profile))
        {
            throw new BuilderException(
                ContainersErrors.SecurityLabel, $"the AppArmor profile {profile} is not loaded on this machine", "load it with apparmor_parser, or name another with --security-opt apparmor=NAME");
        }

        if (Text is not null)
        {
            script.OpenForWriting(labels.AppArmor is not null ? modules.AppArmorFile : SecurityModules.ExecutionFile, out file);
        }
    }

    /// <summary>Takes effect with the program.</summary>
    public void Write(SyscallScript script)
    {
        if (file is not null && Text is { } text)
        {
            script.Write(file, text, $"setting the security label {text}");
            script.Close(file);
        }
    }

    private string? Text => labels.AppArmor is { } profile ? $"exec {profile}" : labels.Selinux;

    private static BuilderException Missing(string option, string module) => new(
        ContainersErrors.SecurityLabel, $"--security-opt {option}: {module} is not active on this machine", "leave the option away, or build on a machine whose kernel enforces it");
}
