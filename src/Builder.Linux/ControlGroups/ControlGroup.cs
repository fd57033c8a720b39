using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Builder.Linux.ControlGroups;

/// <summary>
/// A control group: one directory in each tree that has a say in it. Made for one container; gone when disposed, which has to come
/// after its last process.
/// </summary>
public sealed class ControlGroup : IDisposable
{
    private const int RemovalAttempts = 2000;

    private readonly IReadOnlyDictionary<string, string> directories;
    private readonly IControlGroupFiles files;
    private readonly long killsBefore;

    internal ControlGroup(IReadOnlyDictionary<string, string> directories, ControlGroupLimits limits, IReadOnlyList<string> notes, IControlGroupFiles files)
    {
        this.directories = directories;
        this.files = files;
        Limits = limits;
        Notes = notes;
        killsBefore = OutOfMemoryKills();
    }

    public ControlGroupLimits Limits { get; }

    /// <summary>What was asked for and could not be had, for the user (<see cref="ControlGroupRequest.IsBestEffort"/>).</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The group's directories, by controller; that of version 2 under the empty name. With them it can be opened again.</summary>
    public IReadOnlyDictionary<string, string> Directories => directories;

    /// <summary>Makes a group on this machine.</summary>
    /// <exception cref="Diagnostics.BuilderException"><see cref="LinuxErrors.ControlGroup"/>, <see cref="LinuxErrors.ControlGroupParent"/>.</exception>
    public static ControlGroup Create(ControlGroupRequest request) => Create(
        request,
        ControlGroupTree.OfThisMachine,
        KernelControlGroupFiles.Instance,
        Environment.IsPrivilegedProcess && Isolation.UserNamespace.Current.IsInitial);

    public static ControlGroup Create(ControlGroupRequest request, ControlGroupTree tree, IControlGroupFiles files, bool isMachineRoot)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new ControlGroupMaker(request, tree, files, isMachineRoot).Make();
    }

    /// <summary>A group that some process has made, known by its <see cref="Directories"/>.</summary>
    public static ControlGroup Open(IReadOnlyDictionary<string, string> directories) =>
        new(directories, ControlGroupLimits.None, [], KernelControlGroupFiles.Instance);

    /// <summary>Files that make a process a member when it writes <c>0</c> to them; the caller closes them.</summary>
    public IReadOnlyList<SafeFileHandle> OpenMembership() =>
        [.. directories.Values.Distinct().Select(directory => KernelControlGroupFiles.OpenForWriting($"{directory}/cgroup.procs"))];

    /// <summary>Makes a process a member, with all its threads.</summary>
    public void Add(int processId)
    {
        foreach (var directory in directories.Values.Distinct())
        {
            files.Write($"{directory}/cgroup.procs", processId.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Stops every process of the group where it is, and returns when all stand still.</summary>
    /// <exception cref="Diagnostics.BuilderException"><see cref="LinuxErrors.ControlGroup"/>: nothing here can freeze.</exception>
    public void Freeze() => ControlGroupFreezer.For(directories, files).Freeze();

    public void Thaw() => ControlGroupFreezer.For(directories, files).Thaw();

    public bool IsFrozen => ControlGroupFreezer.For(directories, files).IsFrozen;

    /// <summary>Kills every process of the group, frozen ones too.</summary>
    public void Kill() => ControlGroupKiller.Kill(directories, files);

    /// <summary>What has been used until now.</summary>
    public ControlGroupUsage ReadUsage()
    {
        var io = ControlGroupNumbers.BlockTransfers(files, directories);
        return new ControlGroupUsage(
            ControlGroupNumbers.CpuTime(files, directories),
            ControlGroupNumbers.PeakMemory(files, directories),
            io?.Read,
            io?.Written,
            OutOfMemoryKills() - killsBefore);
    }

    /// <summary>The kernel keeps a group for a moment after its last process; one that stays is swept by a later Builder.</summary>
    public void Dispose()
    {
        var left = directories.Values.Distinct().ToList();
        var wait = new SpinWait();
        while (left.RemoveAll(files.RemoveDirectory) >= 0 && left.Count > 0 && wait.Count < RemovalAttempts)
        {
            wait.SpinOnce();
        }
    }

    private long OutOfMemoryKills() => ControlGroupNumbers.OutOfMemoryKills(files, directories);
}
