using System.CommandLine;
using System.Globalization;
using Builder.Containers;
using Builder.Diagnostics;
using Builder.Dockerfile.Grammar;
using Builder.Linux.ControlGroups;
using Builder.Linux.Isolation;

namespace Builder.Cli.Commands;

/// <summary>The flags about a container's walls, the same for every verb that starts one.</summary>
internal static class IsolationOptions
{
    private static readonly Option<string> UserNamespace = new("--userns") { Description = "User ids: host, or private for a user namespace of its own", DefaultValueFactory = _ => "host", HelpName = "mode" };
    private static readonly Option<string> Pid = NamespaceOption("--pid", "Processes");
    private static readonly Option<string> Ipc = NamespaceOption("--ipc", "Shared memory and message queues");
    private static readonly Option<string> Uts = NamespaceOption("--uts", "Host name");
    private static readonly Option<string> Cgroup = NamespaceOption("--cgroupns", "View of control groups");
    private static readonly Option<string> Time = NamespaceOption("--timens", "Monotonic and boot-time clocks, where the kernel has such namespaces");
    private static readonly Option<string[]> Dns = new("--dns") { Description = "A name server, instead of the network's own", HelpName = "address" };
    private static readonly Option<string[]> DnsSearch = new("--dns-search") { Description = "A domain to complete names with; . for none", HelpName = "domain" };
    private static readonly Option<string[]> DnsOption = new("--dns-option", "--dns-opt") { Description = "An option of resolv.conf, such as ndots:2", HelpName = "option" };
    private static readonly Option<string[]> CapAdd = new("--cap-add") { Description = "A capability beside Docker's fourteen, or ALL", HelpName = "capability" };
    private static readonly Option<string[]> CapDrop = new("--cap-drop") { Description = "A capability to take away, or ALL", HelpName = "capability" };
    private static readonly Option<string[]> SecurityOpt = new("--security-opt") { Description = "seccomp=FILE|unconfined, no-new-privileges, apparmor=PROFILE, label=TYPE:VALUE|disable, systempaths=unconfined", HelpName = "option" };
    private static readonly Option<string?> ShmSize = new("--shm-size") { Description = "Size of /dev/shm, such as 256m (default: 64m)", HelpName = "size" };
    private static readonly Option<string[]> Ulimit = new("--ulimit") { Description = "A limit of each process, as NAME=SOFT[:HARD]", HelpName = "limit" };
    private static readonly Option<string?> Memory = new("--memory", "-m") { Description = "The most memory, such as 512m", HelpName = "size" };
    private static readonly Option<string?> MemorySwap = new("--memory-swap") { Description = "The most memory and swap together; -1 for no limit (default: twice the memory)", HelpName = "size" };
    private static readonly Option<long?> CpuShares = new("--cpu-shares", "-c") { Description = "Weight against others, where 1024 is the usual", HelpName = "n" };
    private static readonly Option<long?> CpuPeriod = new("--cpu-period") { Description = "Length of the period that --cpu-quota is about, in microseconds (default: 100000)", HelpName = "n" };
    private static readonly Option<long?> CpuQuota = new("--cpu-quota") { Description = "Processor time in each period, in microseconds", HelpName = "n" };
    private static readonly Option<string?> Cpus = new("--cpus") { Description = "How many processors' time at most, such as 1.5: --cpu-quota in people's words", HelpName = "number" };
    private static readonly Option<string?> CpusetCpus = new("--cpuset-cpus") { Description = "The processors to run on, such as 0-2,5", HelpName = "list" };
    private static readonly Option<string?> CpusetMems = new("--cpuset-mems") { Description = "The memory nodes to use", HelpName = "list" };
    private static readonly Option<long?> PidsLimit = new("--pids-limit") { Description = "The most processes and threads; -1 for no limit", HelpName = "n" };
    private static readonly Option<int?> BlkioWeight = new("--blkio-weight") { Description = "Weight of block devices, 10 to 1000", HelpName = "n" };
    private static readonly Option<string?> CgroupParent = new("--cgroup-parent") { Description = "The control group to make the container's in", HelpName = "group" };
    private static readonly Option<string> Limits = new("--limits") { Description = "Limits that this machine or user cannot have: strict refuses them, best-effort goes without and says so", DefaultValueFactory = _ => "strict", HelpName = "mode" };

    private static readonly Option<string?> Runtime = new("--runtime") { Description = "Who runs containers: builder itself, or an OCI runtime (runc, crun, runsc, a path)", HelpName = "name" };

    /// <summary>The kernel's own, in microseconds.</summary>
    private const long UsualPeriod = 100_000;

    private const string NetworkVariable = "BUILDER_NETWORK";
    private const string RuntimeVariable = "BUILDER_RUNTIME";

    /// <summary>Docker takes no less memory either: a program would not even start.</summary>
    private const long LeastMemory = 6L << 20;

    public static IEnumerable<Option> All =>
    [
        UserNamespace, Pid, Ipc, Uts, Cgroup, Time, Dns, DnsSearch, DnsOption, CapAdd, CapDrop, SecurityOpt, ShmSize, Ulimit, Memory, MemorySwap, CpuShares, CpuPeriod, CpuQuota, Cpus,
        CpusetCpus, CpusetMems, PidsLimit, BlkioWeight, CgroupParent, Limits, Runtime,
    ];

    /// <summary>What the environment says beside the command line, for those who keep the options: they mean the same later.</summary>
    public static IEnumerable<string> OfEnvironment(ParseResult parsed) =>
        parsed.GetValue(Runtime) is null && Environment.GetEnvironmentVariable(RuntimeVariable) is { Length: > 0 } runtime ? [$"{Runtime.Name}={runtime}"] : [];

    /// <param name="network">What <c>--network</c> says; null where the verb has none.</param>
    /// <param name="isStored">The options were kept, with what the environment said then.</param>
    public static IsolationSettings Of(ParseResult parsed, string? network = null, bool isStored = false) => new()
    {
        Runtime = OciRuntime.Named(parsed.GetValue(Runtime) ?? (isStored ? null : Environment.GetEnvironmentVariable(RuntimeVariable))),
        UserNamespace = parsed.GetValue(UserNamespace) switch
        {
            "host" => UserNamespaceMode.Host,
            "private" => UserNamespaceMode.Private,
            var other => throw new BuilderException(CliErrors.Usage, $"unknown user namespace '{other}'", "it is host or private"),
        },
        Namespaces = NamespacesOf(parsed),
        PrivateNetwork = PrivateNetworkOf(network ?? "default"),
        Dns = DnsSettings.Of(parsed.GetValue(Dns) ?? [], parsed.GetValue(DnsSearch) ?? [], parsed.GetValue(DnsOption) ?? []),
        Capabilities = CapabilityChanges.Parse(parsed.GetValue(CapAdd) ?? [], parsed.GetValue(CapDrop) ?? []),
        Security = SecurityOptions.Parse(parsed.GetValue(SecurityOpt) ?? [], ReadProfile),
        Limits = [.. (parsed.GetValue(Ulimit) ?? []).Select(ResourceLimit.Parse)],
        SharedMemorySize = parsed.GetValue(ShmSize) is { } size ? SizeOf("--shm-size", size) : null,
        ControlGroup = new ControlGroupRequest
        {
            Limits = ControlGroupLimitsOf(parsed),
            Parent = parsed.GetValue(CgroupParent),
            IsBestEffort = parsed.GetValue(Limits) switch
            {
                "strict" => false,
                "best-effort" => true,
                var other => throw new BuilderException(CliErrors.Usage, $"unknown mode of limits '{other}'", "it is strict or best-effort"),
            },
        },
    };

    /// <summary>A number of bytes with or without a unit.</summary>
    public static long SizeOf(string option, string text) =>
        GoValues.TryParseSize(text, out var size) && size > 0
            ? size
            : throw new BuilderException(CliErrors.Usage, $"{option}: '{text}' is not a size", "write it as a number of bytes, or with a unit: 256m, 1g");

    /// <summary>The usual network is a matter of taste, so there is a variable for those who always want the same.</summary>
    private static PrivateNetworkUse PrivateNetworkOf(string network) => (network, Environment.GetEnvironmentVariable(NetworkVariable)) switch
    {
        ("private", _) or ("default", "private") => PrivateNetworkUse.Always,
        ("host" or "none", _) or ("default", "host") => PrivateNetworkUse.Never,
        ("default", null or "" or "default") => PrivateNetworkUse.WherePossible,
        (not "default", _) => throw new BuilderException(CliErrors.Usage, $"unknown network '{network}'", "it is default, private, host or none"),
        (_, var variable) => throw new BuilderException(CliErrors.Usage, $"{NetworkVariable} is '{variable}'", "it is default, private or host"),
    };

    private static Option<string> NamespaceOption(string name, string what) => new(name) { Description = $"{what}: private, or host to share the machine's", DefaultValueFactory = _ => "private", HelpName = "mode" };

    private static Namespaces NamespacesOf(ParseResult parsed)
    {
        (Option<string>, Namespaces)[] kinds = [(Pid, Namespaces.Pid), (Ipc, Namespaces.Ipc), (Uts, Namespaces.Uts), (Cgroup, Namespaces.Cgroup), (Time, Namespaces.Time)];
        return kinds.Aggregate(Namespaces.None, (all, kind) => parsed.GetValue(kind.Item1) switch
        {
            "private" or "" => all | kind.Item2,
            "host" => all,
            var other => throw new BuilderException(CliErrors.Usage, $"{kind.Item1.Name}: unknown namespace '{other}'", "it is private or host"),
        });
    }

    private static ControlGroupLimits ControlGroupLimitsOf(ParseResult parsed)
    {
        var memory = parsed.GetValue(Memory) is { } text ? SizeOf("--memory", text) : (long?)null;
        var swap = parsed.GetValue(MemorySwap) switch { null or "0" => (long?)null, "-1" => ControlGroupLimits.Unlimited, var size => SizeOf("--memory-swap", size) };
        return new ControlGroupLimits
        {
            Memory = memory is null or >= LeastMemory ? memory : throw Invalid("--memory", $"{memory}", "the least is 6m"),
            MemorySwap = swap is null or ControlGroupLimits.Unlimited || swap >= (memory ?? throw Invalid("--memory-swap", $"{swap}", "it needs --memory beside it"))
                ? swap
                : throw Invalid("--memory-swap", $"{swap}", "it is memory and swap together, so at least what --memory says"),
            CpuShares = InRange("--cpu-shares", parsed.GetValue(CpuShares), 2, 262_144),
            CpuPeriod = InRange("--cpu-period", parsed.GetValue(CpuPeriod), 1_000, 1_000_000),
            CpuQuota = parsed.GetValue(Cpus) is { } cpus ? QuotaOf(cpus, parsed) : parsed.GetValue(CpuQuota) is -1 ? -1 : InRange("--cpu-quota", parsed.GetValue(CpuQuota), 1_000, long.MaxValue),
            CpusetCpus = ListOf("--cpuset-cpus", parsed.GetValue(CpusetCpus)),
            CpusetMems = ListOf("--cpuset-mems", parsed.GetValue(CpusetMems)),
            Processes = parsed.GetValue(PidsLimit) is -1 ? ControlGroupLimits.Unlimited : InRange("--pids-limit", parsed.GetValue(PidsLimit), 1, 4_194_304),
            BlockWeight = (int?)InRange("--blkio-weight", parsed.GetValue(BlkioWeight), 10, 1_000),
        };
    }

    /// <summary>Processors as microseconds of the usual period.</summary>
    private static long? QuotaOf(string cpus, ParseResult parsed)
    {
        if (parsed.GetValue(CpuQuota) is not null || parsed.GetValue(CpuPeriod) is not null)
        {
            throw Invalid("--cpus", cpus, "it says what --cpu-quota and --cpu-period say; give one or the other");
        }

        return !decimal.TryParse(cpus, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > 8192 ? throw Invalid("--cpus", cpus, "write it as a number: 2 or 1.5")
            : number == 0 ? null
            : InRange("--cpus", (long)(number * UsualPeriod), 1_000, long.MaxValue);
    }

    /// <summary>Zero is how Docker writes that nothing was asked for.</summary>
    private static long? InRange(string option, long? value, long least, long most) =>
        value is null or 0 ? null
        : value >= least && value <= most ? value
        : throw Invalid(option, value.Value.ToString(CultureInfo.InvariantCulture), most == long.MaxValue ? $"the least is {least}" : $"it is from {least} to {most}");

    private static string? ListOf(string option, string? text) =>
        string.IsNullOrEmpty(text) ? null
        : text.Split(',').All(range => range.Split('-') is [var first] && IsNumber(first) || range.Split('-') is [var from, var to] && IsNumber(from) && IsNumber(to)) ? text
        : throw Invalid(option, text, "write it as numbers and ranges: 0-2,5");

    private static bool IsNumber(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static byte[] ReadProfile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(ContainersErrors.InvalidSecurityOption, $"--security-opt seccomp={path}: {exception.Message}", "give the path of a policy in JSON, or unconfined", inner: exception);
        }
    }

    private static BuilderException Invalid(string option, string value, string hint) => new(ContainersErrors.InvalidResource, $"{option}: {value} is no limit", hint);
}
