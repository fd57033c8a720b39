using Builder.Linux.Isolation;
using Builder.Linux.Script;

namespace Builder.Containers.Launch;

/// <summary>Hides and write-protects parts of /proc and /sys. No path is followed through a link, and what is put over them never comes from the image (CVE-2025-31133).</summary>
internal sealed class PathProtection(SyscallScript script, ScriptVariable devices)
{
    private const MountAttributes Inert = MountAttributes.NoSetUid | MountAttributes.NoDevices | MountAttributes.NoExecution;

    public void Apply(ContainerSpec spec)
    {
        foreach (var path in spec.ReadOnlyPaths)
        {
            WhereThere(path, directory: false, place =>
            {
                script.CopyMount(place, recursive: true, $"bind of {path}", out var copy);
                script.RestrictMount(copy, MountAttributes.ReadOnly, recursive: true, $"making {path} read-only");
                return copy;
            });
        }

        foreach (var path in spec.MaskedPaths)
        {
            // The container's /proc and /sys have the same entries as the host's.
            if (Directory.Exists(path))
            {
                WhereThere(path, directory: true, _ => script.NewFileSystem("tmpfs", Inert | MountAttributes.ReadOnly, ("nr_blocks", "1"), ("nr_inodes", "2")));
            }
            else
            {
                WhereThere(path, directory: false, _ =>
                {
                    script.CopyMountAt(devices, "null", "bind of /dev/null", out var copy);
                    return copy;
                });
            }
        }
    }

    private void WhereThere(string path, bool directory, Func<ScriptVariable, ScriptVariable> cover) =>
        script.IfSucceeds(script.OpenInRoot(path, directory, followLinks: false, out var place), () =>
        {
            var mount = cover(place);
            script.AttachMount(mount, place, path);
            script.Close(mount);
            script.Close(place);
        });
}
