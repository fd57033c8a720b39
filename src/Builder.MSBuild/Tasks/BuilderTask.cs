using Builder.MSBuild.Items;
using Builder.MSBuild.Progress;
using Builder.MSBuild.Running;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Builder.MSBuild.Tasks;

/// <summary>
/// What our tasks have in common: the program, its end when the user gives up, and errors with a code instead of exceptions.
/// </summary>
public abstract class BuilderTask : Microsoft.Build.Utilities.Task, ICancelableTask
{
    private readonly object gate = new();
    private BuilderRun? running;
    private bool isCanceled;

    /// <summary>The project file, which errors are about that have no other place.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>The package's folder.</summary>
    [Required]
    public string PackageFolder { get; set; } = "";

    /// <summary>This machine's runtime identifier.</summary>
    public string Host { get; set; } = "";

    /// <summary>The path of <c>dotnet</c>.</summary>
    public string DotnetHost { get; set; } = "";

    /// <summary>A builder that the user prefers to the package's.</summary>
    public string Program { get; set; } = "";

    /// <summary>Whether the native program is used where there is one.</summary>
    public bool UsesNative { get; set; } = true;

    private protected HelpPages Help => new(Path.Combine(PackageFolder, "docs"));

    private protected bool IsCanceled
    {
        get
        {
            lock (gate)
            {
                return isCanceled;
            }
        }
    }

    private protected IReadOnlyList<BuilderProgram> Programs => BuilderProgram.Find(Host, Path.Combine(PackageFolder, "tools"), DotnetHost, Program, UsesNative);

    /// <summary>Ends the program; its steps end with it.</summary>
    public void Cancel()
    {
        BuilderRun? run;
        lock (gate)
        {
            isCanceled = true;
            run = running;
        }

        run?.Interrupt();
    }

    /// <inheritdoc/>
    public sealed override bool Execute()
    {
        try
        {
            Run();
        }
        catch (ItemException e)
        {
            Fail(e.Code, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(MSBuildErrors.FileAccess, e.Message);
        }

        return !Log.HasLoggedErrors && !IsCanceled;
    }

    private protected abstract void Run();

    private protected void Fail(string code, string message) =>
        Log.LogError(null, code, null, Help.OfError(code), ProjectFile, 0, 0, 0, 0, "{0}", message);

    private protected void Warn(string code, string message) =>
        Log.LogWarning(null, code, null, Help.OfError(code), ProjectFile, 0, 0, 0, 0, "{0}", message);

    /// <summary>Whether all these names mean one image in the store.</summary>
    /// <param name="imageId">Of its config or, with several platforms, of its index, which is one of its digests then.</param>
    private protected bool AreStored(IReadOnlyCollection<string> names, string imageId)
    {
        var (exitCode, output) = RunProgram(["inspect", "--format", "{{.Id}} {{json .RepoDigests}}", .. names], line => Log.LogMessage(MessageImportance.Low, "{0}", line));
        return exitCode == 0 && output.Split('\n').Count(line => line.Contains(imageId)) == names.Count;
    }

    /// <summary>Runs the program to its end; it starts in the project's folder.</summary>
    private protected (int ExitCode, string Output) RunProgram(IReadOnlyList<string> arguments, Action<string> onErrorLine)
    {
        using var run = BuilderRun.Start(Programs, arguments, Path.GetDirectoryName(ProjectFile)!);
        Log.LogMessage(MessageImportance.Low, "{0}", $"started {run.Program}");
        lock (gate)
        {
            running = run;
        }

        try
        {
            if (IsCanceled)
            {
                run.Interrupt();
            }

            return run.Finish(onErrorLine);
        }
        finally
        {
            lock (gate)
            {
                running = null;
            }
        }
    }
}
