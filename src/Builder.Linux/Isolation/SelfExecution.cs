using System.Collections;
using System.Runtime.InteropServices;
using Builder.Linux.Processes;
using Builder.Linux.Script;

namespace Builder.Linux.Isolation;

/// <summary>How this program is started once more.</summary>
public sealed record SelfStart
{
    /// <summary>What follows the program's name; null for the arguments that this process was given.</summary>
    public IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>As <c>NAME=value</c>; null for this process's own.</summary>
    public IReadOnlyCollection<string>? Environment { get; init; }

    /// <summary>A session of its own, nothing on the standard streams, and no end when this process ends.</summary>
    public bool IsDetached { get; init; }

    /// <summary>Standard output of a detached one: its first and last words to this process.</summary>
    public SafeHandle? Output { get; init; }

    /// <summary>A process whose user and mount namespaces the new one is in; null for this process's own.</summary>
    public ProcessHandle? Host { get; init; }
}

/// <summary>Starts this program again, under dotnet with the same assembly: as a supervisor, or with nothing in its memory.</summary>
public static class SelfExecution
{
    /// <exception cref="LinuxException">It could not be started.</exception>
    public static ChildProcess Start(SelfStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        using var parentAlive = Pipe.Create(nonBlocking: true);
        using var script = new SyscallScript();
        script.ResetSignals();
        script.Close(script.Descriptor(parentAlive.Writer));
        if (start.Host is { } host)
        {
            script.JoinNamespaces(script.Descriptor(host.Handle), Namespaces.User | Namespaces.Mount);
            script.SetUser(0, 0);

            // Joining a mount namespace leads to its root; paths on the command line are relative to where the user is.
            script.ChangeDirectory(Environment.CurrentDirectory).MayFail();
        }

        if (start.IsDetached)
        {
            script.NewSession();
            Detach(script, start.Output);
        }
        else
        {
            script.DieWithParent(script.Descriptor(parentAlive.Reader));
        }

        script.CloseAll();
        script.ExecuteThisProgram(CommandLine(start.Arguments), start.Environment ?? CurrentEnvironment());
        var (child, failure) = ScriptRunner.Launch(script, Namespaces.None);
        return child ?? throw new LinuxException(failure!.Operation.Description, "this program", failure.Errno);
    }

    /// <summary>Starts it attached, passes signals on, and waits for its end.</summary>
    /// <returns>What this process should exit with.</returns>
    /// <param name="started">Gets the id of the process.</param>
    public static int RunInPlace(SelfStart start, Action<int>? started = null)
    {
        using var child = Start(start);
        started?.Invoke(child.Id);
        using var forwarding = new SignalForwarding(child, exceptions: 0);
        return child.Wait().Code;
    }

    /// <summary>This process's own variables.</summary>
    public static IReadOnlyCollection<string> CurrentEnvironment() =>
        [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => $"{variable.Key}={variable.Value}")];

    private static void Detach(SyscallScript script, SafeHandle? output)
    {
        script.OpenForReading("/dev/null", out var nothing);
        script.Duplicate(nothing, 0);
        script.OpenForWriting("/dev/null", out var nowhere);
        script.Duplicate(output is null ? nowhere : script.Descriptor(output), 1);
        script.Duplicate(nowhere, 2);
        script.ChangeDirectory("/");
    }

    /// <summary>As the kernel has it: what a managed Main is given lacks the program and, under dotnet, the assembly.</summary>
    private static string[] CommandLine(IReadOnlyList<string>? arguments)
    {
        var all = File.ReadAllText("/proc/self/cmdline")[..^1].Split('\0');
        return arguments is null ? all : [.. all[..^(Environment.GetCommandLineArgs().Length - 1)], .. arguments];
    }
}
