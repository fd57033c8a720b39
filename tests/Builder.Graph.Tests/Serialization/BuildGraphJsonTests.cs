using System.Text;
using Builder.Diagnostics;
using Builder.Graph.Compilation;
using Builder.Graph.Operations;
using Builder.Graph.Serialization;
using Builder.Graph.Tests.Compilation;

namespace Builder.Graph.Tests.Serialization;

public sealed class BuildGraphJsonTests : CompilerTest
{
    private const string Text = """
        FROM base AS build
        ARG SECRET_ID=s
        WORKDIR /src
        COPY --chown=1:2 --chmod=u+x --exclude=*.md . <<EOF dir/
        héllo
        EOF
        RUN --mount=type=cache,id=c,target=/c,uid=5 --mount=type=tmpfs,target=/t,size=1m --mount=type=secret,id=$SECRET_ID,env=S --mount=type=ssh --mount=target=/ctx --network=none make
        RUN <<EOF
        #!/usr/bin/env python
        print(1)
        EOF
        ADD https://example.com/f.tgz https://example.com/r.git#v1:sub /add/
        FROM scratch
        COPY --link --from=build /src /src
        COPY --link x /y
        """;

    [Fact]
    public async Task A_graph_survives_being_written_and_read()
    {
        var graph = await GraphAsync();

        var written = BuildGraphJson.Write(graph);
        var read = BuildGraphJson.Read(written);

        Assert.Equal(graph.Vertices.Select(vertex => vertex.Digest), read.Vertices.Select(vertex => vertex.Digest));
        Assert.Equal(graph.Vertices.Select(vertex => vertex.SourceSpan?.ToString()), read.Vertices.Select(vertex => vertex.SourceSpan?.ToString()));
        Assert.Equal(graph.Vertices.SelectMany(OperandsOf), read.Vertices.SelectMany(OperandsOf));
        Assert.NotEmpty(read.Vertices.SelectMany(OperandsOf));
        Assert.Equal(graph.Vertices.Select(vertex => vertex.DisplayName), read.Vertices.Select(vertex => vertex.DisplayName));
        Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(BuildGraphJson.Write(read)));
    }

    [Fact]
    public async Task Every_kind_of_operation_and_mount_is_in_the_test()
    {
        var graph = await GraphAsync();

        Assert.Equal(
            ["context", "copy", "git", "http", "image", "merge", "mkdir", "run", "scratch"],
            graph.Vertices.Select(vertex => vertex.Operation.Kind).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(
            ["bind", "cache", "secret", "ssh", "tmpfs"],
            graph.Vertices.Select(vertex => vertex.Operation).OfType<RunOperation>().SelectMany(run => run.Mounts).Select(mount => mount.Kind).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_computed_is_not_written()
    {
        var json = Encoding.UTF8.GetString(BuildGraphJson.Write(await GraphAsync()));

        foreach (var name in new[] { "kind", "isSource", "isMutable", "hasResult", "place\":\"", "familiar", "repository" })
        {
            Assert.DoesNotContain($"\"{name}", json, StringComparison.Ordinal);
        }

        Assert.Contains("\"sharing\":\"Shared\"", json, StringComparison.Ordinal);
        Assert.Contains("\"reference\":\"docker.io/library/base:latest\"", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("print(1)", "print(2)", "not what its digest says")]
    [InlineData("\"type\":\"run\"", "\"type\":\"walk\"", "cannot be read")]
    [InlineData("\"input\":1", "\"input\":7", "does not take")]
    [InlineData("\"length\":", "\"length\":9", "outside its text")]
    [InlineData("\"vertices\":[", "\"vertices\":[],\"x\":[", "used before it is described")]
    [InlineData("\"arguments\":[", "\"arguments\":null,\"x\":[", "cannot be read")]
    public async Task A_graph_that_was_tampered_with_is_refused(string old, string replacement, string message)
    {
        var json = Encoding.UTF8.GetString(BuildGraphJson.Write(await GraphAsync()));
        Assert.Contains(old, json, StringComparison.Ordinal);

        var error = Assert.Throws<BuilderException>(() => BuildGraphJson.Read(Encoding.UTF8.GetBytes(json.Replace(old, replacement, StringComparison.Ordinal))));

        Assert.Equal(GraphErrors.InvalidGraph, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private async Task<BuildGraph> GraphAsync() =>
        BuildGraph.Of((await CompileAsync(Text, new CompileOptions { ExtraHosts = [new HostEntry("h", "1.2.3.4")] })).Root!);

    private static IEnumerable<string> OperandsOf(Vertex vertex) => vertex.OperandSpans.Select(span => $"{span} {span.Length}");
}
