using System.Text;

namespace Builder.Cli.Displays;

/// <summary>
/// The two streams of the process, as UTF-8. <see cref="Console"/> is asked for the raw streams only: its own writers would
/// switch the terminal's mode.
/// </summary>
internal static class Terminal
{
    private static readonly Lock Gate = new();
    private static readonly Lazy<Stream> Out = new(Console.OpenStandardOutput);
    private static readonly Lazy<Stream> Error = new(Console.OpenStandardError);

    public static bool ErrorIsTerminal { get; } = !Console.IsErrorRedirected;

    public static bool OutputIsTerminal { get; } = !Console.IsOutputRedirected;

    /// <summary>Results: what a script reads.</summary>
    public static void WriteLine(string text) => Write(Out.Value, text + "\n");

    /// <summary>Progress and errors: what a person reads.</summary>
    public static void WriteErrorLine(string text) => Write(Error.Value, text + "\n");

    /// <summary>Bytes as they are.</summary>
    public static void Write(bool toError, ReadOnlySpan<byte> bytes)
    {
        lock (Gate)
        {
            var stream = toError ? Error.Value : Out.Value;
            stream.Write(bytes);
            stream.Flush();
        }
    }

    public static Stream OpenOutput() => Console.OpenStandardOutput();

    public static Stream OpenInput() => Console.OpenStandardInput();

    /// <summary>Text from outside without what could move the cursor or change the terminal.</summary>
    public static string Harmless(string text) =>
        text.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0 && !text.Contains('\x7f', StringComparison.Ordinal)
            ? text
            : string.Concat(text.Select(c => c == '\t' || !char.IsControl(c) ? c : '\ufffd'));

    private static void Write(Stream stream, string text)
    {
        lock (Gate)
        {
            try
            {
                stream.Write(Encoding.UTF8.GetBytes(text));
                stream.Flush();
            }
            catch (IOException)
            {
                // The reader went away (a closed pipe): there is nobody left to tell.
            }
        }
    }
}
