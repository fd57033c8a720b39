using System.Text;
using Builder.Diagnostics;
using Builder.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Builder.Cli.Displays;

/// <summary>
/// The two streams of the process, as UTF-8. Never those of <see cref="Console"/>, which switch the terminal's mode.
/// </summary>
internal static class Terminal
{
    /// <summary>What terminals that rewrap set in the environment of what they run.</summary>
    private static readonly string[] Rewrapping =
        ["TMUX", "VTE_VERSION", "KONSOLE_VERSION", "KITTY_WINDOW_ID", "ALACRITTY_WINDOW_ID", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR", "ITERM_SESSION_ID", "WT_SESSION"];

    /// <summary>Where a locale is set, the strongest first.</summary>
    private static readonly string[] Locale = ["LC_ALL", "LC_CTYPE", "LANG"];

    private static readonly Lock Gate = new();
    private static readonly bool ErrorTakesAsciiOnly = !Console.IsErrorRedirected && SaysOtherThanUtf8();
    private static readonly StandardOutputStream Out = new(1);
    private static readonly StandardOutputStream Error = new(2);
    private static string? outputFailure;

    public static bool ErrorIsTerminal { get; } = !Console.IsErrorRedirected;

    /// <summary>Whether lines on standard error can be drawn again: it is a terminal, and one that knows how.</summary>
    public static bool CanRedraw => ErrorIsTerminal && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb";

    public static bool HasColor => Environment.GetEnvironmentVariable("NO_COLOR") is not { Length: > 0 };

    /// <summary>The window behind standard error; what the environment says, or the customary size, when it cannot be asked.</summary>
    public static (int Columns, int Rows) Size =>
        TerminalSize.Of(2) ?? (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out var columns) && columns > 0 ? columns : 80, 24);

    /// <summary>
    /// Whether the terminal breaks long lines anew when its window gets narrower, as most do: where it does, what was drawn takes
    /// more rows than before, and where it does not, going further up would overwrite what is above.
    /// </summary>
    public static bool Rewraps { get; } = Rewrapping.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 })
        || Environment.GetEnvironmentVariable("TERM") is { } term && (term.StartsWith("foot", StringComparison.Ordinal) || term.StartsWith("tmux", StringComparison.Ordinal));

    public static bool OutputIsTerminal { get; } = !Console.IsOutputRedirected;

    /// <summary>Whether all results were written: a full disk must not look like success. A reader that went away has had enough.</summary>
    /// <returns>The exit code.</returns>
    public static int CheckOutput()
    {
        if (outputFailure is null)
        {
            return 0;
        }

        ErrorDisplay.Write(new BuilderException(CliErrors.Output, $"standard output could not be written: {outputFailure}", "make room, or send the output elsewhere"));
        return CliErrors.Output.ExitCode;
    }

    /// <summary>The cursor, for a program that ends at once in the middle of drawing.</summary>
    public static void ShowCursor()
    {
        if (CanRedraw)
        {
            WriteError("\e[?25h");
        }
    }

    /// <summary>Results: what a script reads.</summary>
    public static void WriteLine(string text) => Write(Out, text + "\n");

    /// <summary>A result that ends its own lines.</summary>
    public static void WriteText(string text) => Write(Out, text);

    /// <summary>Progress and errors: what a person reads.</summary>
    public static void WriteErrorLine(string text) => Write(Error, text + "\n");

    /// <summary>Text for standard error as it is.</summary>
    public static void WriteError(string text) => Write(Error, text);

    /// <summary>Bytes as they are.</summary>
    public static void Write(bool toError, ReadOnlySpan<byte> bytes)
    {
        lock (Gate)
        {
            var stream = toError ? Error : Out;
            stream.Write(bytes);
            stream.Flush();
        }
    }

    public static Stream OpenOutput() => new StandardOutputStream(1);

    public static Stream OpenInput() => new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read);

    /// <summary>
    /// Text from outside without what could move the cursor, change the terminal, or turn the direction of the text around it:
    /// the control characters of ASCII and of Latin-1 (U+009B alone begins a sequence), and those of bidirectional text.
    /// </summary>
    public static string Harmless(string text) => text.Any(IsHarmful) ? string.Concat(text.Select(c => IsHarmful(c) ? '\ufffd' : c)) : text;

    private static bool IsHarmful(char c) => (char.IsControl(c) && c != '\t') || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    /// <summary>A locale that is set and is none of UTF-8; where none is set, every terminal of today knows UTF-8.</summary>
    private static bool SaysOtherThanUtf8()
    {
        var locale = Locale.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => value is { Length: > 0 });
        return locale is not null && !locale.Replace("-", "", StringComparison.Ordinal).Contains("utf8", StringComparison.OrdinalIgnoreCase);
    }

    private static void Write(Stream stream, string text)
    {
        lock (Gate)
        {
            try
            {
                stream.Write((stream == Error && ErrorTakesAsciiOnly ? Encoding.ASCII : Encoding.UTF8).GetBytes(text));
                stream.Flush();
            }
            catch (IOException e)
            {
                // Where the reader went away (a closed pipe), there is nobody left to tell.
                if (stream == Out && !StandardOutputStream.IsClosedPipe(e))
                {
                    outputFailure ??= e.Message;
                }
            }
        }
    }
}
