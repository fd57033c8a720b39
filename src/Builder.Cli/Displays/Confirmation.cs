namespace Builder.Cli.Displays;

/// <summary>Asks before something is removed. No answer is a no.</summary>
internal static class Confirmation
{
    public static bool Ask(string warning)
    {
        Terminal.WriteError(warning + "\nAre you sure you want to continue? [y/N] ");
        using var reader = new StreamReader(Terminal.OpenInput());
        var answer = reader.ReadLine();
        return answer?.Trim() is "y" or "Y" or "yes" or "Yes";
    }
}
