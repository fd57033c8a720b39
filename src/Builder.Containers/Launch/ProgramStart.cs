using Builder.Diagnostics;
using Builder.Linux;
using Builder.Linux.Processes;
using Builder.Linux.Programs;
using Builder.Linux.Script;
using Microsoft.Win32.SafeHandles;

namespace Builder.Containers.Launch;

/// <summary>
/// The last act of a script: the program. Until its first instruction a process has the program file of Builder, and an image's
/// <c>#!/proc/self/exe</c> would start that file inside the container, where root could write to it once it does not run (CVE-2019-5736).
/// So where the container's root could do that, a sealed program in memory comes in between, and that is all there is to be found.
/// </summary>
internal sealed class ProgramStart : IDisposable
{
    private readonly ContainerSpec spec;
    private readonly ProgramSearch search;
    private readonly Pipe? complaints;
    private readonly SafeFileHandle? writer;
    private IReadOnlyList<ScriptOperation> attempts = [];

    public ProgramStart(ContainerSpec spec, HostFeatures host)
    {
        this.spec = spec;
        search = ProgramSearch.For(spec);
        if (host.IsOwnProgramExposed)
        {
            complaints = Pipe.Create();
            writer = TinyProgram.MoveUp(complaints.Writer);
            complaints.Writer.Dispose();
        }
    }

    /// <summary>Executes the program, in the very process or, for a container with a process 1 of its own, in a child.</summary>
    /// <param name="asProgram">Appends what concerns the process of the program alone.</param>
    public void Append(SyscallScript script, Action? asProgram = null)
    {
        var environment = ProcessTexts.Environment(spec);
        asProgram?.Invoke();
        if (writer is null)
        {
            script.CloseAll();
            attempts = script.Execute(search.Candidates, spec.Argv, environment);
            return;
        }

        script.SendComplaintsTo(writer);
        script.Execute(TinyProgram.Exec, [TinyProgram.Exec.Name, .. search.Candidates, "", .. spec.Argv], environment);
    }

    /// <summary>Why the script did not get to the program's start; null when something else is to blame.</summary>
    public BuilderException? Explain(ScriptFailure failure) =>
        attempts.Contains(failure.Operation) || attempts.Any(attempt => attempt.Error is not null)
            ? search.Explain(attempts.Select(attempt => attempt.Error).OfType<Errno>())
            : null;

    /// <summary>Waits until the program has been executed. When it cannot be, ends the child and throws.</summary>
    /// <exception cref="BuilderException"><see cref="ContainersErrors.ProgramNotFound"/>, <see cref="ContainersErrors.ProgramNotExecutable"/>.</exception>
    public ChildProcess Await(ChildProcess child)
    {
        if (complaints is null)
        {
            return child;
        }

        // The last copy: when the program has been executed there is nobody who could complain.
        writer!.Dispose();
        var errors = new List<Errno>();
        Span<byte> error = stackalloc byte[sizeof(int)];
        while (Descriptors.Read(complaints.Reader, error) == error.Length)
        {
            errors.Add((Errno)BitConverter.ToInt32(error));
        }

        if (errors.Count < search.Candidates.Count())
        {
            return child;
        }

        using (child)
        {
            child.Signal(Signals.Kill);
            child.Wait();
        }

        throw search.Explain(errors);
    }

    public void Dispose()
    {
        writer?.Dispose();
        complaints?.Dispose();
    }
}
