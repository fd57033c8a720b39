using System.Globalization;

namespace Builder.Linux.ControlGroups;

/// <summary>Reads what the kernel counts, wherever the version of the tree has it.</summary>
internal static class ControlGroupNumbers
{
    private const string Unified = "";

    public static TimeSpan? CpuTime(IControlGroupFiles files, IReadOnlyDictionary<string, string> directories) =>
        Number(files, directories, "cpuacct", "cpuacct.usage") is { } nanoseconds ? TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick)
        : Field(files, directories, Unified, "cpu.stat", "usage_usec") is { } microseconds ? TimeSpan.FromMicroseconds(microseconds)
        : null;

    public static long? PeakMemory(IControlGroupFiles files, IReadOnlyDictionary<string, string> directories) =>
        Number(files, directories, "memory", "memory.max_usage_in_bytes") ?? Number(files, directories, Unified, "memory.peak");

    public static long OutOfMemoryKills(IControlGroupFiles files, IReadOnlyDictionary<string, string> directories) =>
        Field(files, directories, "memory", "memory.oom_control", "oom_kill") ?? Field(files, directories, Unified, "memory.events", "oom_kill") ?? 0;

    public static (long Read, long Written)? BlockTransfers(IControlGroupFiles files, IReadOnlyDictionary<string, string> directories)
    {
        if (Text(files, directories, "blkio", "blkio.throttle.io_service_bytes_recursive") is { } old)
        {
            return (SumOf(old, "Read"), SumOf(old, "Write"));
        }

        return Text(files, directories, Unified, "io.stat") is { } stat ? (SumOfPairs(stat, "rbytes="), SumOfPairs(stat, "wbytes=")) : null;
    }

    /// <summary>Lines of <c>8:0 Read 4096</c>.</summary>
    private static long SumOf(string text, string kind) =>
        text.Split('\n').Select(line => line.Split(' ')).Where(fields => fields is [_, var each, _] && each == kind).Sum(fields => Parse(fields[2]) ?? 0);

    /// <summary>Lines of <c>8:0 rbytes=4096 wbytes=0</c>.</summary>
    private static long SumOfPairs(string text, string key) =>
        text.Split((char[])['\n', ' ']).Where(field => field.StartsWith(key, StringComparison.Ordinal)).Sum(field => Parse(field[key.Length..]) ?? 0);

    private static long? Field(IControlGroupFiles files, IReadOnlyDictionary<string, string> directories, string controller, string file, string name) =>
        Text(files, directories, controller, file)?.Split('\n').Select(line => line.Split(' ')).FirstOrDefault(fields => fields is [var each, _] && each == name) is { } found
            ? Parse(found[1])
            : null;

    private static long? Number(IControlGroupFiles files, IReadOnlyDictionary<string, string> directories, string controller, string file) =>
        Text(files, directories, controller, file) is { } text ? Parse(text) : null;

    private static string? Text(IControlGroupFiles files, IReadOnlyDictionary<string, string> directories, string controller, string file) =>
        directories.TryGetValue(controller, out var directory) ? files.Read($"{directory}/{file}") : null;

    private static long? Parse(string text) => long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
