using System.Text;
using Builder.Linux.Processes;

namespace Builder.Cli.Displays;

/// <summary>Asks the person at the terminal.</summary>
internal static class Prompt
{
    private const int MaxLine = 64 * 1024;

    public static bool IsPossible { get; } = !Console.IsInputRedirected && Terminal.ErrorIsTerminal;

    /// <summary>A line of standard input; null at its end.</summary>
    public static async Task<string?> LineAsync(string question, CancellationToken cancellationToken)
    {
        Terminal.WriteError(question);

        // A read from a terminal cannot be interrupted; whoever interrupts leaves it behind, and the program ends.
        return await Task.Run(
            () =>
            {
                using var input = Terminal.OpenInput();
                return ReadLine(input);
            },
            cancellationToken).WaitAsync(cancellationToken);
    }

    /// <summary>A line that is not shown while it is typed.</summary>
    public static async Task<string?> SecretAsync(string question, CancellationToken cancellationToken)
    {
        using var silence = TerminalEcho.TurnOff(0);
        return await LineAsync(question, cancellationToken);
    }

    /// <summary>Up to the end of the line; a terminal hands out one at a time.</summary>
    internal static string? ReadLine(Stream input)
    {
        var line = new List<byte>();
        var one = new byte[1];
        var atEnd = false;
        while (line.Count < MaxLine && !(atEnd = input.Read(one) == 0) && one[0] != '\n')
        {
            line.Add(one[0]);
        }

        return atEnd && line.Count == 0 ? null : Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
    }
}
