using System.Globalization;

namespace Builder.Diagnostics;

/// <summary>
/// The stable name of one kind of error, printed as <c>BLD3001</c>. The thousand says whose fault it is and is the
/// program's exit code: 1 build, 2 usage, 3 Dockerfile, 4 registry, 5 machine. Every room declares its own codes in
/// one static class; <c>spec/errors.md</c> has a line for each and a test asserts that no number is used twice.
/// </summary>
public readonly record struct ErrorCode(int Number)
{
    /// <summary>What the process exits with when this error ends it.</summary>
    public int ExitCode => Number / 1000;

    public override string ToString() => "BLD" + Number.ToString("D4", CultureInfo.InvariantCulture);
}
