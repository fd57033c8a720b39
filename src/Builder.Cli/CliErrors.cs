using Builder.Diagnostics;

namespace Builder.Cli;

/// <summary>What can be wrong with a command line.</summary>
public static class CliErrors
{
    /// <summary>A verb, option or argument that does not exist or does not fit.</summary>
    public static readonly ErrorCode Usage = new(2001);

    /// <summary>An archive to read is not there.</summary>
    public static readonly ErrorCode NoInput = new(2002);

    /// <summary>Output that nobody wants on a terminal.</summary>
    public static readonly ErrorCode TerminalOutput = new(2003);

    /// <summary>A container was to have a terminal, and there is none to connect it with.</summary>
    public static readonly ErrorCode NoTerminal = new(2083);

    /// <summary>A <c>builder.json</c>, or a variable of the environment, that sets what there is not.</summary>
    public static readonly ErrorCode Configuration = new(2004);

    /// <summary>A flag of Docker's that is accepted where it changes nothing, with a value that would have to change something.</summary>
    public static readonly ErrorCode Habit = new(2052);

    /// <summary>Results could not be written to standard output: a full disk, say.</summary>
    public static readonly ErrorCode Output = new(5090);

    /// <summary><c>--call</c> asks for something that does not exist.</summary>
    public static readonly ErrorCode UnknownCall = new(2080);
}
