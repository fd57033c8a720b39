namespace Builder.Containers;

/// <summary>A user as the kernel knows one.</summary>
/// <param name="Groups">The supplementary groups; the launch adds <paramref name="Gid"/> itself (CVE-2022-36109).</param>
/// <param name="Home">What <c>HOME</c> should be when nothing else sets it.</param>
public sealed record ResolvedUser(uint Uid, uint Gid, IReadOnlyList<uint> Groups, string Home)
{
    public static ResolvedUser Root { get; } = new(0, 0, [], "/root");
}
