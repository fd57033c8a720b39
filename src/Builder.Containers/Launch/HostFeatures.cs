using Builder.Linux.Isolation;

namespace Builder.Containers.Launch;

/// <summary>What the place where Builder runs allows its containers; found once.</summary>
/// <param name="LowerDirsOneByOne">Whether overlayfs takes its lower directories one at a time (Linux 6.8), without the limit of a page.</param>
internal sealed record HostFeatures(UserNamespace UserNamespace, CapabilitySet Capabilities, bool LowerDirsOneByOne)
{
    private static readonly Lazy<HostFeatures> Found = new(() => new HostFeatures(
        UserNamespace.Current,
        CapabilitySet.OfThisProcess(),
        OverlaySupport.TakesLowerDirsOneByOne()));

    public static HostFeatures Current => Found.Value;

    public bool InUserNamespace => !UserNamespace.IsInitial;

    public bool MayMountSys(NetworkMode network) => !InUserNamespace || network != NetworkMode.Host;

    /// <summary>Since Linux 6.1 a process that has asked for one is in it from its next program on.</summary>
    public bool HasTimeNamespaces { get; } = File.Exists("/proc/self/ns/time_for_children") && Environment.OSVersion.Version >= new Version(6, 2);

    /// <summary>Whether root of a container may write to Builder's own program file, as far as its owner has a say.</summary>
    public bool IsOwnProgramExposed { get; init; } = UserNamespace.IsInitial || KnowsOwnerOfThisProgram(UserNamespace);

    public bool KnowsGroup(uint group) => UserNamespace.Groups.Contains(group);

    public bool KnowsUser(uint user) => UserNamespace.Users.Contains(user);

    private static bool KnowsOwnerOfThisProgram(UserNamespace ids)
    {
        const uint Nobody = 65534;
        if (new FileInfo("/proc/self/exe").LinkTarget is not { } path || !File.Exists(path))
        {
            return true;
        }

        using var folder = Linux.Files.DirectoryHandle.Open(Path.GetDirectoryName(path)!);
        var owner = folder.Lstat(System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(path))).UserId;
        return owner != Nobody && ids.Users.Contains(owner);
    }
}
