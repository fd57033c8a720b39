namespace Builder.Linux.Processes;

/// <summary>The numbers of signal(7) that this program sends or looks at, the same on every architecture it runs on.</summary>
public static class Signals
{
    public const int HangUp = 1;
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int User1 = 10;
    public const int User2 = 12;
    public const int Child = 17;
    public const int Continue = 18;
    public const int Stop = 19;
    public const int WindowChange = 28;
    public const int Last = 64;

    private static readonly string[] Names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>The number of a signal that is given by number, <c>TERM</c>, <c>SIGTERM</c> or <c>RTMIN+3</c>; null for none.</summary>
    public static int? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const int FirstRealtime = 34;
        if (int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number))
        {
            return number is >= 1 and <= Last ? number : null;
        }

        var name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
        if (name.StartsWith("RTMIN+", StringComparison.OrdinalIgnoreCase) && int.TryParse(name["RTMIN+".Length..], out var offset))
        {
            return offset is >= 0 and <= Last - FirstRealtime ? FirstRealtime + offset : null;
        }

        var index = Array.FindIndex(Names, known => known.Length > 0 && known.Equals(name, StringComparison.OrdinalIgnoreCase));
        return index > 0 ? index : null;
    }
}
