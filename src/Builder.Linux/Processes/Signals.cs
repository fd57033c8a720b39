namespace Builder.Linux.Processes;

/// <summary>The numbers of signal(7) that this program sends or looks at, the same on every architecture it runs on.</summary>
public static class Signals
{
    public const int HangUp = 1;
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Child = 17;
    public const int Stop = 19;
    public const int Last = 64;
}
