using Builder.Diagnostics;
using Builder.Linux;
using Builder.Linux.Script;

namespace Builder.Containers.Launch;

/// <summary>
/// Enters the working directory by a handle that was opened inside the root, without links of /proc: whatever the
/// image does, the process does not start outside (CVE-2024-21626).
/// </summary>
internal static class WorkingDirectory
{
    private const int Directory755 = 0x1ed;

    public static void Enter(SyscallScript script, ContainerSpec spec, FailureExplanations explanations)
    {
        var path = spec.WorkingDirectory;
        if (!path.StartsWith('/'))
        {
            throw new BuilderException(ContainersErrors.WorkingDirectory, $"working directory {path} is not an absolute path");
        }

        script.IfFails(script.OpenInRoot(path, directory: true, followLinks: true, out _), () => MakeMissing(script, path, spec.User));
        var open = script.OpenInRoot(path, directory: true, followLinks: true, out var directory);
        explanations.Add(open, errno => Unusable(path, errno));
        script.ChangeDirectory(directory, path);
    }

    private static void MakeMissing(SyscallScript script, string path, ResolvedUser user)
    {
        var parent = "/";
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            script.IfSucceeds(script.OpenInRoot(parent, directory: true, followLinks: true, out var directory), () =>
            {
                // Only a directory that this made is given to the user.
                script.IfSucceeds(script.MakeDirectory(directory, name, Directory755), () => script.ChangeOwner(directory, name, user.Uid, user.Gid));
                script.Close(directory);
            });
            parent = parent == "/" ? "/" + name : $"{parent}/{name}";
        }
    }

    private static BuilderException Unusable(string path, Errno errno) => new(
        ContainersErrors.WorkingDirectory,
        $"working directory {path}: {errno.Describe()}",
        errno switch
        {
            Errno.ENOENT => "a symbolic link on its way leads to nothing",
            Errno.ENOTDIR => "a part of it is a file",
            Errno.ELOOP => "its symbolic links lead in a circle or to an open file",
            _ => null,
        });
}
