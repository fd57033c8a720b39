using System.Globalization;
using System.Numerics;

namespace Builder.Linux.Isolation;

/// <summary>A set of capabilities, bit <c>n</c> for capability number <c>n</c> (capabilities(7)).</summary>
public readonly record struct CapabilitySet(ulong Mask)
{
    private static readonly string[] Names =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE",
    ];

    public static CapabilitySet None { get; }

    /// <summary>The fourteen that Docker gives a container.</summary>
    public static CapabilitySet Default { get; } = new(0xa80425fb);

    /// <summary>All that this program has a name for; the kernel may know more.</summary>
    public static CapabilitySet All { get; } = new((1UL << Names.Length) - 1);

    /// <summary>The set of one capability, by its name with or without <c>CAP_</c>, in any case; null for an unknown name.</summary>
    public static CapabilitySet? FromName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var bare = name.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase) ? name[4..] : name;
        var number = Array.FindIndex(Names, known => known.Equals(bare, StringComparison.OrdinalIgnoreCase));
        return number < 0 ? null : new CapabilitySet(1UL << number);
    }

    /// <summary>The highest number the running kernel knows: all above a granted set up to it have to be dropped.</summary>
    public static int LastOfKernel { get; } = ReadLast();

    /// <summary>What the calling process may pass on: its permitted set within its bounding set.</summary>
    public static CapabilitySet OfThisProcess()
    {
        ulong permitted = 0, bounding = 0;
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("CapPrm:", StringComparison.Ordinal))
            {
                permitted = Hexadecimal(line);
            }
            else if (line.StartsWith("CapBnd:", StringComparison.Ordinal))
            {
                bounding = Hexadecimal(line);
            }
        }

        return new CapabilitySet(permitted & bounding);
    }

    public bool Contains(int capability) => (Mask >> capability & 1) != 0;

    public bool Contains(CapabilitySet other) => (Mask & other.Mask) == other.Mask;

    public static CapabilitySet operator |(CapabilitySet a, CapabilitySet b) => new(a.Mask | b.Mask);

    public static CapabilitySet operator &(CapabilitySet a, CapabilitySet b) => new(a.Mask & b.Mask);

    /// <summary>What is in <paramref name="a"/> and not in <paramref name="b"/>.</summary>
    public static CapabilitySet operator -(CapabilitySet a, CapabilitySet b) => new(a.Mask & ~b.Mask);

    public static CapabilitySet BitwiseOr(CapabilitySet a, CapabilitySet b) => a | b;

    public static CapabilitySet BitwiseAnd(CapabilitySet a, CapabilitySet b) => a & b;

    public static CapabilitySet Subtract(CapabilitySet a, CapabilitySet b) => a - b;

    /// <summary>The names in the kernel's order, <c>CAP_CHOWN CAP_KILL</c>.</summary>
    public override string ToString()
    {
        var mask = Mask;
        return string.Join(' ', Enumerable.Range(0, 64 - BitOperations.LeadingZeroCount(mask))
            .Where(number => (mask >> number & 1) != 0)
            .Select(number => number < Names.Length ? "CAP_" + Names[number] : $"CAP_{number}"));
    }

    private static ulong Hexadecimal(string statusLine) =>
        ulong.Parse(statusLine.AsSpan(statusLine.IndexOf(':', StringComparison.Ordinal) + 1).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static int ReadLast()
    {
        const string Path = "/proc/sys/kernel/cap_last_cap";
        return File.Exists(Path) ? int.Parse(File.ReadAllText(Path), CultureInfo.InvariantCulture) : Names.Length - 1;
    }
}
