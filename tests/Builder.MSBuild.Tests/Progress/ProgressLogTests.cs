using System.Collections;
using Builder.MSBuild.Progress;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Builder.MSBuild.Tests.Progress;

/// <summary>From the program's lines to MSBuild's events.</summary>
public class ProgressLogTests
{
    private readonly Engine engine = new();
    private readonly ProgressLog log;

    public ProgressLogTests() => log = new ProgressLog(new TaskLoggingHelper(engine, "test"), new HelpPages("/package/docs"), WarningPolicy.Of(false, "", "", ""), "/p/a.csproj");

    [Fact]
    public void A_step_is_told_with_its_output_and_its_end()
    {
        log.Line("""{"vertexes":[{"digest":"d1","name":"[1/2] RUN make","started":"2026-01-01T00:00:00Z"}]}""");
        log.Line("""{"logs":[{"vertex":"d1","stream":1,"data":"w6k="}]}""");
        log.Line("""{"logs":[{"vertex":"d1","stream":1,"data":"IQo="}]}""");
        log.Line("""{"logs":[{"vertex":"d1","stream":2,"data":"ZW5k"}]}""");
        log.Line("""{"vertexes":[{"digest":"d1","name":"[1/2] RUN make","started":"2026-01-01T00:00:00Z","completed":"2026-01-01T00:00:02.5Z"}]}""");
        log.Line("""{"vertexes":[{"digest":"d2","name":"COPY","started":"2026-01-01T00:00:00Z","cached":true,"completed":"2026-01-01T00:00:00Z"}]}""");
        Assert.Equal(["#1 [1/2] RUN make", "#1 é!", "#1 end", "#1 DONE 2.5s", "#2 COPY", "#2 CACHED"], engine.Messages);
    }

    [Fact]
    public void An_error_has_place_causes_and_hint()
    {
        log.Line("""{"errors":[{"code":"BLD3003","message":"no {0} such","hint":"do","causes":["a cause"],"output":["last"],"sourceInfo":{"filename":"/p/D"},"range":[{"start":{"line":2,"character":0},"end":{"line":2,"character":4}}]}]}""");
        var error = Assert.Single(engine.Errors);
        Assert.Equal(("BLD3003", "/p/D", 2, 1, 2, 5), (error.Code, error.File, error.LineNumber, error.ColumnNumber, error.EndLineNumber, error.EndColumnNumber));
        Assert.Equal("no {0} such, because a cause (do)", error.Message);
        Assert.Equal("file:///package/docs/errors.md#bld3003", error.HelpLink);
        Assert.Equal(["  | last"], engine.Messages);
        Assert.Equal(1, log.Errors);
    }

    [Fact]
    public void What_is_said_before_the_program_knows_who_listens_is_understood()
    {
        log.Line("error BLD2001: unknown option --x for 'builder build'");
        log.Line("hint: see --help");
        Assert.Equal(("BLD2001", "unknown option --x for 'builder build'", "/p/a.csproj"), (engine.Errors[0].Code, engine.Errors[0].Message, engine.Errors[0].File));
        Assert.Equal(["hint: see --help"], engine.Messages);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"logs\":3}")]
    [InlineData("{\"vertexes\":[{}]}")]
    [InlineData("{} {}")]
    [InlineData("\0")]
    public void Nonsense_is_passed_on_and_is_no_exception(string line)
    {
        log.Line(line);
        Assert.Empty(engine.Errors);
    }

    [Fact]
    public void A_finding_is_told_once()
    {
        for (var i = 0; i < 2; i++)
        {
            log.Finding("StageNameCasing", "message", "", new SourcePlace("/p/D", 1, 2, 1, 3));
        }

        Assert.Equal("file:///package/docs/checks/StageNameCasing.md", Assert.Single(engine.Warnings).HelpLink);
    }

    private sealed class Engine : IBuildEngine
    {
        public List<string> Messages { get; } = [];

        public List<BuildErrorEventArgs> Errors { get; } = [];

        public List<BuildWarningEventArgs> Warnings { get; } = [];

        public bool ContinueOnError => false;

        public int LineNumberOfTaskNode => 0;

        public int ColumnNumberOfTaskNode => 0;

        public string ProjectFileOfTaskNode => "";

        public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs) => throw new NotSupportedException();

        public void LogCustomEvent(CustomBuildEventArgs e) => throw new NotSupportedException();

        public void LogErrorEvent(BuildErrorEventArgs e) => Errors.Add(e);

        public void LogMessageEvent(BuildMessageEventArgs e) => Messages.Add(e.Message!);

        public void LogWarningEvent(BuildWarningEventArgs e) => Warnings.Add(e);
    }
}
