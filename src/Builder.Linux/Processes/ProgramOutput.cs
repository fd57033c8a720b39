using System.Diagnostics;
using System.Text;
using Builder.Linux.Isolation;
using Builder.Linux.Script;

namespace Builder.Linux.Processes;

/// <summary>What a program of the machine said when it was asked something.</summary>
/// <param name="Code">Its exit code; 137 when it had to be killed because it took too long.</param>
/// <param name="Text">Standard output and error as they came.</param>
public sealed record ProgramOutput(int Code, string Text)
{
    /// <summary>Runs a program with nothing to read and few variables. Blocks the calling thread.</summary>
    /// <exception cref="LinuxException">It could not be executed.</exception>
    public static ProgramOutput Of(string path, IReadOnlyList<string> arguments, TimeSpan patience)
    {
        using var said = Pipe.Create();
        using var parentAlive = Pipe.Create(nonBlocking: true);
        using var script = new SyscallScript();
        script.ResetSignals();
        script.Close(script.Descriptor(parentAlive.Writer));
        script.DieWithParent(script.Descriptor(parentAlive.Reader));
        script.OpenForReading("/dev/null", out var nothing);
        script.Duplicate(nothing, 0);
        script.Duplicate(script.Descriptor(said.Writer), 1);
        script.Duplicate(script.Descriptor(said.Writer), 2);
        script.CloseAll();
        script.Execute([path], [path, .. arguments], ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]);
        var (child, failure) = ScriptRunner.Launch(script, Namespaces.None);
        using (child ?? throw new LinuxException("execve", path, failure!.Errno))
        {
            said.Writer.Dispose();
            var text = ReadUntilEnd(said, child, patience);
            return new ProgramOutput(child.Wait().Code, text);
        }
    }

    private static string ReadUntilEnd(Pipe said, ChildProcess child, TimeSpan patience)
    {
        var begun = Stopwatch.GetTimestamp();
        var text = new List<byte>();
        var buffer = new byte[4096];
        while (true)
        {
            var left = patience - Stopwatch.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero || !Descriptors.WaitReadable([said.Reader], left)[0])
            {
                child.Signal(Signals.Kill);
                break;
            }

            if (Descriptors.Read(said.Reader, buffer) is not (> 0 and var count))
            {
                break;
            }

            text.AddRange(buffer.AsSpan(0, count));
        }

        return Encoding.UTF8.GetString([.. text]);
    }
}
