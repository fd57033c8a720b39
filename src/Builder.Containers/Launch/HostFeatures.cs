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

    public bool KnowsGroup(uint group) => UserNamespace.Groups.Contains(group);

    public bool KnowsUser(uint user) => UserNamespace.Users.Contains(user);
}
