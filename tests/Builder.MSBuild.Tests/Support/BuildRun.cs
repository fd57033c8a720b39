using Builder.EndToEnd.Support;
using Microsoft.Build.Framework;
using Microsoft.Build.Logging.StructuredLogger;

namespace Builder.MSBuild.Tests.Support;

/// <summary>How a run of <c>dotnet</c> ended, and what its binary log says about it.</summary>
public sealed class BuildRun(ToolResult result, string log)
{
    private readonly Lazy<IReadOnlyList<BuildEventArgs>> events = new(() => Read(log));

    public ToolResult Result => result;

    public IReadOnlyList<BuildEventArgs> Events => events.Value;

    /// <summary>The files that the log carries along.</summary>
    public IReadOnlyList<string> EmbeddedFiles => [.. BinaryLog.ReadBuild(log).SourceFiles.Select(file => file.FullPath)];

    public IReadOnlyList<BuildErrorEventArgs> Errors => [.. Events.OfType<BuildErrorEventArgs>()];

    /// <summary>Those of the package; the SDK has its own.</summary>
    public IReadOnlyList<BuildWarningEventArgs> Warnings => [.. Events.OfType<BuildWarningEventArgs>().Where(warning => warning.Code?.StartsWith("BLD", StringComparison.Ordinal) == true)];

    public IReadOnlyList<string> Messages => [.. Events.OfType<BuildMessageEventArgs>().Select(message => message.Message ?? "")];

    public BuildRun ExpectSuccess()
    {
        Result.ExpectSuccess();
        return this;
    }

    /// <summary>Fails with one error, that has a code, a help link that leads to a page, and is no exception.</summary>
    public BuildErrorEventArgs ExpectError(string code)
    {
        Assert.True(Result.ExitCode != 0, Result.Output);
        Assert.DoesNotContain("MSB4018", Result.Output, StringComparison.Ordinal);
        Assert.True(Errors.Count == 1, Result.Output);
        var error = Errors[0];
        Assert.True(error.Code == code, Result.Output);
        AssertHelps(code);
        return error;
    }

    /// <summary>The help link of an error or warning leads to a page: on this machine, or one that BuildKit's users know.</summary>
    public Uri AssertHelps(string code)
    {
        var line = File.ReadLines(log + ".links").FirstOrDefault(line => line.StartsWith(code + "|", StringComparison.Ordinal));
        Assert.NotNull(line);
        var link = new Uri(line[(code.Length + 1)..]);
        Assert.True(link.Scheme == Uri.UriSchemeHttps || File.Exists(link.LocalPath), line);
        return link;
    }

    /// <summary>Whether an image was built, rather than skipped.</summary>
    public bool HasBuilt => Events.OfType<TaskStartedEventArgs>().Any(task => task.TaskName == "BuildDockerfileImage");

    public bool HasSkipped => Events.OfType<TargetSkippedEventArgs>().Any(target => target.TargetName == "_BuildImageOfPlan" && target.OriginallySucceeded)
        || Messages.Any(message => message.StartsWith("Skipping target \"_BuildImageOfPlan\" because all output files are up-to-date", StringComparison.Ordinal));

    private static BuildEventArgs[] Read(string log)
    {
        Assert.True(File.Exists(log), "there is no binary log");
        return [.. new BinLogReader().ReadRecords(log).Select(record => record.Args).Where(args => args is not null)];
    }
}
