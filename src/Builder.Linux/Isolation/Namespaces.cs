namespace Builder.Linux.Isolation;

/// <summary>The kinds of namespaces(7), with the values of clone(2).</summary>
[Flags]
public enum Namespaces
{
    None = 0,
    Time = 0x0000_0080,
    Mount = 0x0002_0000,
    Cgroup = 0x0200_0000,
    Uts = 0x0400_0000,
    Ipc = 0x0800_0000,
    User = 0x1000_0000,
    Pid = 0x2000_0000,
    Network = 0x4000_0000,
}
