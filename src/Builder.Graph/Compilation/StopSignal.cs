using System.Globalization;
using Builder.Diagnostics;

namespace Builder.Graph.Compilation;

/// <summary>The signals that STOPSIGNAL knows: Linux's, with or without SIG, in any case, or a number.</summary>
internal static class StopSignal
{
    private const int RealTimeRange = 30;

    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL", "PROF",
        "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2",
        "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX",
    };

    public static void Require(string signal, SourceSpan span)
    {
        if (!IsSignal(signal))
        {
            throw new BuilderException(GraphErrors.InvalidConfig, $"invalid signal: {signal}", "use a number or a name such as SIGTERM", span);
        }
    }

    private static bool IsSignal(string signal)
    {
        if (int.TryParse(signal, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return number != 0;
        }

        var name = signal.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? signal[3..] : signal;
        return Names.Contains(name) || IsRealTime(name, "RTMIN+") || IsRealTime(name, "RTMAX-");
    }

    private static bool IsRealTime(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
        && int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
        && offset is > 0 and <= RealTimeRange;
}
