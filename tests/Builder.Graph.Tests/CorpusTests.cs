using System.Runtime.CompilerServices;
using System.Text;
using Builder.Diagnostics;
using Builder.Dockerfile;
using Builder.Dockerfile.Formatting;
using Builder.Dockerfile.Tree;
using Builder.Graph.Compilation;
using Builder.Graph.Operations;
using Builder.Graph.Tests.Compilation;
using Builder.Oci;

namespace Builder.Graph.Tests;

/// <summary>
/// Dockerfiles of our own in <c>Corpus/</c>, each with the config, the history and the operations that it must come to.
/// With <c>ACCEPT=1</c> in the environment the expectations are written anew, to be read before they are committed.
/// </summary>
public sealed class CorpusTests : CompilerTest
{
    private static readonly CompileOptions Options = new()
    {
        BuildPlatform = Platform.Parse("linux/amd64"),
        TargetPlatform = Platform.Parse("linux/amd64"),
        BuildArgs = new Dictionary<string, string> { ["GIVEN"] = "given", ["EMPTY"] = "" },
    };

    public CorpusTests()
    {
        Resolver
            .With("configured", new ExecutionConfig { Env = ["FROM_BASE=yes"], WorkingDir = "/srv", User = "web", Cmd = ["serve"] })
            .With("triggers", new ExecutionConfig { OnBuild = ["ENV A=1", "COPY . /app", "RUN make $A"] });
    }

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder, "*.Dockerfile").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Corpus");

    [Fact]
    public void There_are_enough_of_them() => Assert.True(Names.Count >= 100);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_dockerfile_comes_to_what_is_expected(string name)
    {
        var actual = await Describe(Read(name));
        if (Environment.GetEnvironmentVariable("ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(Path.Combine(SourceFolder(), name + ".expected"), actual, TestContext.Current.CancellationToken);
            return;
        }

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Folder, name + ".expected"), TestContext.Current.CancellationToken), actual);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task So_does_the_formatted_one_and_its_tree_is_lossless(string name)
    {
        var text = Read(name);
        Assert.Equal(text, SyntaxTree.Parse(new SourceText("Dockerfile", text)).ToText());
        Assert.Equal(await Describe(text), await Describe(DockerfileFormatter.Format(new SourceText("Dockerfile", text))));
    }

    private async Task<string> Describe(string text)
    {
        var plan = await DockerfileCompiler.CompileAsync(DockerfileParser.Parse(new SourceText("Dockerfile", text)), Options, Resolver, CancellationToken.None);
        var description = new StringBuilder("config ").Append(Encoding.UTF8.GetString(OciJson.Write(plan.Image.Config))).Append('\n');
        if (plan.Image.Author is { } author)
        {
            description.Append("author ").Append(author).Append('\n');
        }

        foreach (var step in plan.Image.Steps)
        {
            description.Append(step.Layer is null ? "empty " : "layer ").Append(GoText.Quote(step.CreatedBy ?? "")).Append('\n');
        }

        foreach (var vertex in plan.Root is null ? [] : BuildGraph.Of(plan.Root).Vertices)
        {
            description.Append("vertex ").Append(Summary(vertex)).Append('\n');
        }

        return description.ToString();
    }

    private static string Summary(Vertex vertex) => vertex.Operation switch
    {
        RunOperation run =>
            $"run {GoText.QuotedList(run.Arguments)} in {run.WorkingDirectory} as '{run.User}' env {GoText.QuotedList(run.Environment)} network {run.Network} security {run.Security}"
            + $" mounts {GoText.QuotedList(run.Mounts.Select(mount => $"{mount.GetType().Name} {mount.Place}"))} devices {GoText.QuotedList(run.Devices)} scripts {GoText.QuotedList(run.Scripts.Select(file => $"{file.Name}: {file.Content}"))}",
        CopyOperation copy =>
            $"copy {GoText.QuotedList(copy.Sources.Select(source => $"{source.Input}:{source.Path}{(source.IsPattern ? " pattern" : "")}{(source.Unpack ? " unpack" : "")}"))}"
            + $" files {GoText.QuotedList(copy.Files.Select(file => $"{file.Name}: {file.Content}"))} to {copy.Destination}{(copy.DestinationIsDirectory ? " (directory)" : "")}"
            + $" owner '{copy.Chown}' mode '{copy.Chmod}'{(copy.Parents ? " parents" : "")} without {GoText.QuotedList(copy.Excludes)}",
        MakeDirectoryOperation directory => $"directory {directory.Path} for '{directory.User}'",
        ImageOperation image => $"image {image.Reference} {image.Platform}",
        HttpOperation http => $"http {http.Url} as {http.FileName} checksum '{http.Checksum}'",
        GitOperation git => $"git {git.Remote} ref '{git.Reference}' folder '{git.Subdirectory}' keeps .git: {git.KeepGitDirectory}",
        var other => other.Kind,
    };

    private static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name + ".Dockerfile"), new UTF8Encoding(false, true)) is var text
        && File.ReadAllBytes(Path.Combine(Folder, name + ".Dockerfile")) is [0xEF, 0xBB, 0xBF, ..] ? "\uFEFF" + text : text;

    private static string SourceFolder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Corpus");
}
