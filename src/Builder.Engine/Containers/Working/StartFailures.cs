using Builder.Containers;
using Builder.Diagnostics;

namespace Builder.Engine.Containers.Working;

/// <summary>The exit codes that Docker reserves for containers whose program was not even started.</summary>
public static class StartFailures
{
    public const int NotStarted = 125;
    public const int NotExecutable = 126;
    public const int NotFound = 127;

    public static int ExitCodeOf(BuilderException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.Code == ContainersErrors.ProgramNotFound ? NotFound
            : error.Code == ContainersErrors.ProgramNotExecutable ? NotExecutable
            : NotStarted;
    }
}
