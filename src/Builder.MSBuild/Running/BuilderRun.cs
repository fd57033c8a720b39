using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Builder.MSBuild.Items;

namespace Builder.MSBuild.Running;

/// <summary>One run of the builder as a process of its own.</summary>
internal sealed class BuilderRun : IDisposable
{
    // A Ctrl-C in a terminal has reached the builder already, and a second signal would make it leave things undone.
    private static readonly TimeSpan EndsByItself = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndsWhenAsked = TimeSpan.FromSeconds(15);

    private readonly Process process;

    private BuilderRun(Process process, BuilderProgram program) => (this.process, Program) = (process, program);

    /// <summary>That of the programs which could be started.</summary>
    public BuilderProgram Program { get; }

    /// <summary>Starts the first of the programs that can be started.</summary>
    /// <exception cref="ItemException">None can.</exception>
    public static BuilderRun Start(IReadOnlyList<BuilderProgram> programs, IEnumerable<string> arguments, string directory)
    {
        var given = arguments.ToList();
        Win32Exception? failure = null;
        foreach (var program in programs)
        {
            try
            {
                var run = new BuilderRun(StartExecutable(program, given, directory), program);
                run.process.StandardInput.Close();
                return run;
            }
            catch (Win32Exception e)
            {
                failure = e;
            }
        }

        throw new ItemException(MSBuildErrors.NoProgram, $"the builder cannot be started: {failure?.Message}; {string.Join(", ", programs.Select(program => program.File))}");
    }

    /// <summary>Reads standard error to its end and waits for the process's.</summary>
    /// <param name="onLine">Told of each line as it comes, on this thread.</param>
    /// <returns>The exit code, and standard output.</returns>
    public (int ExitCode, string Output) Finish(Action<string> onLine)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        while (process.StandardError.ReadLine() is { } line)
        {
            onLine(line);
        }

        process.WaitForExit();
        return (process.ExitCode, output.GetAwaiter().GetResult());
    }

    /// <summary>Asks it to end, which takes its containers along; ends it if it does not.</summary>
    public void Interrupt()
    {
        if (Ends(EndsByItself))
        {
            return;
        }

        Shell("kill -TERM \"$0\"", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (!Ends(EndsWhenAsked))
        {
            // The kernel ends what runs in it; the next build sweeps up.
            process.Kill();
        }
    }

    public void Dispose() => process.Dispose();

    private bool Ends(TimeSpan within)
    {
        try
        {
            return process.WaitForExit((int)within.TotalMilliseconds);
        }
        catch (InvalidOperationException)
        {
            // Somebody has waited for it already, and disposed of it.
            return true;
        }
    }

    private static Process StartExecutable(BuilderProgram program, List<string> arguments, string directory)
    {
        try
        {
            return Start(program.File, [.. program.Leading, .. arguments], directory);
        }
        catch (Win32Exception) when (File.Exists(program.File))
        {
            // NuGet unpacks files without the right to execute them.
            Shell("chmod a+rx \"$0\"", program.File);
            return Start(program.File, [.. program.Leading, .. arguments], directory);
        }
    }

    private static void Shell(string command, string argument)
    {
        using var shell = Start("/bin/sh", ["-c", command, argument], "/");
        shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
    }

    private static Process Start(string file, IEnumerable<string> arguments, string directory) => Process.Start(new ProcessStartInfo(file, ArgumentQuoting.Join(arguments))
    {
        WorkingDirectory = directory,
        UseShellExecute = false,
        CreateNoWindow = true,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardOutputEncoding = Encoding.UTF8,
        StandardErrorEncoding = Encoding.UTF8,
    })!;
}
