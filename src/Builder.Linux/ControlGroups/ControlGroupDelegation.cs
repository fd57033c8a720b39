namespace Builder.Linux.ControlGroups;

/// <summary>Gives controllers to a group of the version 2 tree, from the top down, as far as this user may.</summary>
internal sealed class ControlGroupDelegation(ControlGroupTree tree, IControlGroupFiles files)
{
    private const string Leaf = "builder-processes";

    public void MakeParents(string group)
    {
        foreach (var directory in Path(group).Where(directory => !files.Exists(directory)))
        {
            files.MakeDirectory(directory);
        }
    }

    /// <summary>Makes <paramref name="group"/> one whose children have the controller.</summary>
    public void Enable(string group, string controller)
    {
        MakeParents(group);
        foreach (var directory in Path(group))
        {
            if (Has($"{directory}/cgroup.subtree_control", controller))
            {
                continue;
            }

            if (!Has($"{directory}/cgroup.controllers", controller))
            {
                // Above a delegated group nothing can be changed; below it, nothing be had.
                throw new LinuxException("open", $"the controller {controller} in {directory}", Errno.ENOENT);
            }

            try
            {
                files.Write($"{directory}/cgroup.subtree_control", "+" + controller);
            }
            catch (LinuxException busy) when (busy.Errno == Errno.EBUSY && directory == tree.Unified)
            {
                // A group with processes has no controllers for groups below: ours move into a leaf.
                MoveProcesses(directory);
                files.Write($"{directory}/cgroup.subtree_control", "+" + controller);
            }
        }
    }

    private void MoveProcesses(string directory)
    {
        files.MakeDirectory($"{directory}/{Leaf}");
        foreach (var process in files.Read($"{directory}/cgroup.procs")?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            try
            {
                files.Write($"{directory}/{Leaf}/cgroup.procs", process);
            }
            catch (LinuxException gone) when (gone.Errno == Errno.ESRCH)
            {
                // It has ended meanwhile.
            }
        }
    }

    /// <summary>From the mount to the group, without what already gives the controllers to this process's own group.</summary>
    private IEnumerable<string> Path(string group)
    {
        var mount = tree.UnifiedMount!.TrimEnd('/');
        var start = tree.Unified is { } own && (group == own || group.StartsWith(own.TrimEnd('/') + "/", StringComparison.Ordinal)) ? own.TrimEnd('/') : mount;
        for (var end = start.Length; end >= 0; end = end < group.Length ? group.IndexOf('/', end + 1) is var next and > 0 ? next : group.Length : -1)
        {
            yield return group[..end];
        }
    }

    private bool Has(string file, string controller) =>
        files.Read(file)?.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Contains(controller) == true;
}
