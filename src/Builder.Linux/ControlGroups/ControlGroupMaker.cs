using System.Globalization;

namespace Builder.Linux.ControlGroups;

/// <summary>Makes one group: finds where each limit can be set, makes the directories, and takes all back when a limit that was asked for is refused.</summary>
internal sealed class ControlGroupMaker(ControlGroupRequest request, ControlGroupTree tree, IControlGroupFiles files, bool isMachineRoot)
{
    private const string UnifiedFolder = "/builder";
    private static int made;

    private readonly string name = request.Name ?? ControlGroupNames.Next(Interlocked.Increment(ref made));
    private readonly List<string> notes = [];
    private readonly Dictionary<string, string> directories = new(StringComparer.Ordinal);

    /// <exception cref="Diagnostics.BuilderException"><see cref="LinuxErrors.ControlGroup"/>.</exception>
    public ControlGroup Make()
    {
        try
        {
            foreach (var (setting, isUnified) in Settings())
            {
                Apply(setting, isUnified);
            }

            if (request.CanFreeze)
            {
                MakeFreezable();
            }

            return new ControlGroup(directories, request.Limits, notes, files);
        }
        catch
        {
            foreach (var directory in directories.Values.Distinct())
            {
                files.RemoveDirectory(directory);
            }

            throw;
        }
    }

    /// <summary>A hybrid machine may have some controllers in either tree.</summary>
    private IEnumerable<(ControlGroupSetting Setting, bool IsUnified)> Settings()
    {
        return
        [
            .. ControlGroupSetting.OfVersion1(request.Limits).Where(setting => tree.Controllers.ContainsKey(setting.Controller)).Select(setting => (setting, false)),
            .. ControlGroupSetting.OfVersion2(request.Limits).Where(setting => !IsInVersion1(setting.Controller)).Select(setting => (setting, true)),
        ];
    }

    private bool IsInVersion1(string controller) => tree.Controllers.ContainsKey(controller == "io" ? "blkio" : controller);

    private void Apply(ControlGroupSetting setting, bool isUnified)
    {
        try
        {
            var directory = isUnified ? UnifiedDirectory(setting) : DirectoryOf(setting.Controller);
            var file = setting.Files.Select(each => $"{directory}/{each}").FirstOrDefault(files.Exists)
                ?? throw new LinuxException("open", $"{directory}/{setting.Files[0]}", Errno.ENOENT);
            files.Write(file, setting.Value);
        }
        catch (LinuxException refused)
        {
            Refuse(setting, refused);
        }
    }

    private void Refuse(ControlGroupSetting setting, LinuxException refused)
    {
        if (setting.IsImplied)
        {
            return;
        }

        var error = ControlGroupRefusal.Explain(setting.Option, setting.Value, refused, tree, isMachineRoot);
        if (!request.IsBestEffort)
        {
            throw error;
        }

        notes.Add($"{error.Message}: goes without");
    }

    private string DirectoryOf(string controller)
    {
        if (directories.TryGetValue(controller, out var known))
        {
            return known;
        }

        var place = tree.Controllers.GetValueOrDefault(controller) ?? throw new LinuxException("open", $"the controller {controller}", Errno.ENOENT);
        var parent = request.Parent is { } asked ? ControlGroupNames.Below(place.Mount, place.Directory, asked) : place.Directory;
        ControlGroupNames.RemoveLeftovers(files, parent);
        MakeDirectories(place.Mount, parent, controller);
        return directories[controller] = Make(parent, controller);
    }

    private string Make(string parent, string? controller)
    {
        var directory = $"{parent.TrimEnd('/')}/{name}";
        files.MakeDirectory(directory);
        InheritProcessors(parent, directory, controller);
        return directory;
    }

    private void MakeDirectories(string mount, string directory, string controller)
    {
        for (var slash = directory.IndexOf('/', Math.Min(mount.Length + 1, directory.Length)); ; slash = directory.IndexOf('/', slash + 1))
        {
            var each = slash < 0 ? directory : directory[..slash];
            if (!files.Exists(each))
            {
                files.MakeDirectory(each);
                InheritProcessors(Path.GetDirectoryName(each)!, each, controller);
            }

            if (slash < 0)
            {
                return;
            }
        }
    }

    /// <summary>A new group of version 1 has no processor and no memory, and takes no process before it has.</summary>
    private void InheritProcessors(string parent, string directory, string? controller)
    {
        if (controller != "cpuset")
        {
            return;
        }

        foreach (var file in new[] { "cpuset.cpus", "cpuset.mems" })
        {
            if (string.IsNullOrWhiteSpace(files.Read($"{directory}/{file}")) && files.Read($"{parent}/{file}")?.Trim() is { Length: > 0 } inherited)
            {
                files.Write($"{directory}/{file}", inherited);
            }
        }
    }

    private string UnifiedDirectory(ControlGroupSetting setting)
    {
        if (tree.Unified is null || !ControllersOf(tree.UnifiedMount).Contains(setting.Controller))
        {
            throw new LinuxException("open", $"the controller {setting.Controller}", Errno.ENOENT);
        }

        var parent = UnifiedParent();
        new ControlGroupDelegation(tree, files).Enable(parent, setting.Controller);
        return UnifiedGroup(parent);
    }

    private string UnifiedGroup(string parent)
    {
        if (!directories.TryGetValue("", out var directory))
        {
            ControlGroupNames.RemoveLeftovers(files, parent);
            directories[""] = directory = Make(parent, controller: null);
        }

        return directory;
    }

    /// <summary>
    /// Root makes its groups side by side with the machine's, since a group of version 2 that has processes has no groups with
    /// controllers below it; everybody else can only have what was given to their own group.
    /// </summary>
    private string UnifiedParent() =>
        request.Parent is { } asked ? ControlGroupNames.Below(tree.UnifiedMount!, tree.Unified!, asked)
        : isMachineRoot && tree.Unified != tree.UnifiedMount ? tree.UnifiedMount + UnifiedFolder
        : tree.Unified!;

    private void MakeFreezable()
    {
        try
        {
            if (tree.Unified is null)
            {
                DirectoryOf("freezer");
            }
            else if (tree.Mode == ControlGroupMode.Hybrid)
            {
                UnifiedGroup(tree.Unified);
            }
            else
            {
                var parent = UnifiedParent();
                new ControlGroupDelegation(tree, files).MakeParents(parent);
                UnifiedGroup(parent);
            }
        }
        catch (LinuxException exception) when (request.IsBestEffort)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"no control group to freeze the container with: {exception.Message}"));
        }
        catch (LinuxException refused)
        {
            throw ControlGroupRefusal.Explain("a control group to freeze the container with", null, refused, tree, isMachineRoot);
        }
    }

    private string[] ControllersOf(string? directory) =>
        directory is null ? [] : files.Read($"{directory}/cgroup.controllers")?.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries) ?? [];
}
