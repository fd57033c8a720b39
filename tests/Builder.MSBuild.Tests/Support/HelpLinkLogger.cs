using Microsoft.Build.Framework;

namespace Builder.MSBuild.Tests.Support;

/// <summary>Loaded by the MSBuild under test: notes the help links of errors and warnings, which binary logs leave out.</summary>
public sealed class HelpLinkLogger : ILogger
{
    private readonly List<string> lines = [];

    public LoggerVerbosity Verbosity { get; set; }

    /// <summary>The file to write.</summary>
    public string? Parameters { get; set; }

    public void Initialize(IEventSource eventSource)
    {
        eventSource.ErrorRaised += (_, error) => lines.Add($"{error.Code}|{error.HelpLink}");
        eventSource.WarningRaised += (_, warning) => lines.Add($"{warning.Code}|{warning.HelpLink}");
    }

    public void Shutdown() => File.WriteAllLines(Parameters!, lines);
}
