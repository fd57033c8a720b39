using System.Globalization;
using Builder.Diagnostics;

namespace Builder.Containers;

/// <summary>The resources of setrlimit(2), by their kernel numbers (the same on x86-64 and arm64).</summary>
public enum LimitedResource
{
    Cpu = 0,
    FileSize = 1,
    Data = 2,
    Stack = 3,
    Core = 4,
    ResidentSet = 5,
    Processes = 6,
    OpenFiles = 7,
    LockedMemory = 8,
    AddressSpace = 9,
    FileLocks = 10,
    PendingSignals = 11,
    MessageQueue = 12,
    Nice = 13,
    RealtimePriority = 14,
    RealtimeTime = 15,
}

/// <summary>One limit; <see cref="Unlimited"/> stands for no limit.</summary>
public sealed record ResourceLimit(LimitedResource Resource, ulong Soft, ulong Hard)
{
    public const ulong Unlimited = ulong.MaxValue;

    private static readonly string[] Names =
    [
        "cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks", "sigpending", "msgqueue", "nice", "rtprio", "rttime",
    ];

    /// <summary>As setrlimit(2) calls it.</summary>
    public string KernelName => "RLIMIT_" + Names[(int)Resource].ToUpperInvariant();

    /// <summary><c>NAME=SOFT[:HARD]</c> with Docker's names (<c>nofile</c>, <c>nproc</c>, …); -1 or <c>unlimited</c> for none.</summary>
    /// <exception cref="BuilderException"><see cref="ContainersErrors.InvalidLimit"/>.</exception>
    public static ResourceLimit Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Split('=') is not [var name, var values] || Array.IndexOf(Names, name) is not (>= 0 and var number))
        {
            throw Invalid(text, $"the resource is one of {string.Join(", ", Names)}");
        }

        ulong Limit(string value) =>
            value is "-1" or "unlimited" ? Unlimited
            : ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit
            : throw Invalid(text, "a limit is a number, or -1 for none");
        var (soft, hard) = values.Split(':') switch
        {
            [var both] => (Limit(both), Limit(both)),
            [var first, var second] => (Limit(first), Limit(second)),
            _ => throw Invalid(text, "at most two limits, the soft one and the hard one"),
        };
        return soft <= hard ? new ResourceLimit((LimitedResource)number, soft, hard) : throw Invalid(text, "the soft limit is above the hard one");
    }

    private static BuilderException Invalid(string text, string hint) => new(ContainersErrors.InvalidLimit, $"'{text}' is not what --ulimit takes (NAME=SOFT[:HARD])", hint);

    /// <summary>
    /// Set when the spec does not say otherwise: no core files, and 1,048,576 open files or as many as Builder may
    /// have. Inherited limits would let a step see which shell or runtime started Builder.
    /// </summary>
    public static IReadOnlyList<ResourceLimit> Defaults { get; } =
    [
        new(LimitedResource.Core, 0, Unlimited),
        new(LimitedResource.OpenFiles, 1 << 20, 1 << 20),
    ];
}
