using Builder.Diagnostics;
using Builder.Dockerfile;
using Builder.Dockerfile.Syntax;
using Builder.Graph.Compilation;
using Builder.Graph.Inspection;
using Builder.Graph.Tests.Compilation;

namespace Builder.Graph.Tests.Inspection;

/// <summary>What a target takes, and which targets there are.</summary>
public class OutlineTests
{
    private const string Text = """
        ARG UNUSED=1
        # REGISTRY where our images are
        ARG REGISTRY=example.com
        ARG BASE=$REGISTRY/base
        # tools: compilers and such
        FROM $BASE AS tools
        # MODE release or debug
        ARG MODE=release OTHER
        RUN --mount=type=secret,id=npm --mount=type=cache,target=/cache x
        RUN --mount=type=secret,id=npm,required=true --mount=type=ssh y
        # not built for app
        FROM scratch AS other
        ARG NOT_HERE
        RUN --mount=type=secret,id=not-here z
        FROM scratch AS app
        COPY --from=tools /a /
        """;

    [Fact]
    public async Task An_outline_has_what_the_needed_stages_ask_for() // N2
    {
        var outline = await OutlineAsync(new CompileOptions { Target = "APP", BuildArgs = new Dictionary<string, string> { ["OTHER"] = "given" } });

        Assert.Equal(("app", null), (outline.Name, outline.Description));
        Assert.Equal(
            ["REGISTRY=example.com (where our images are) 3", "BASE=example.com/base () 4", "MODE=release (release or debug) 8", "OTHER=given () 8"],
            outline.Arguments.Select(argument => $"{argument.Name}={argument.Value} ({argument.Description}) {argument.Span.Line}"));
        Assert.Equal(["npm True 9"], outline.Secrets.Select(secret => $"{secret.Id} {secret.IsRequired} {secret.Span!.Line}"));
        Assert.Equal(["default False 10"], outline.Agents.Select(agent => $"{agent.Id} {agent.IsRequired} {agent.Span!.Line}"));
        Assert.Equal(["/cache 9"], outline.Caches.Select(cache => $"{cache.Id} {cache.Span!.Line}"));
    }

    [Fact] // G4, G7
    public async Task Downloads_and_repositories_may_take_secrets_and_agents()
    {
        const string Adds = """
            FROM scratch
            ADD https://example.com:8443/f.tgz https://example.com/g /
            ADD https://example.org/r.git#main /r/
            ADD git@example.net:r.git /s/
            ADD git://example.net/r.git /t/
            """;
        var outline = await DockerfileInspector.OutlineAsync(DockerfileParser.Parse(new SourceText("Dockerfile", Adds)), new CompileOptions(), new FakeResolver(), CancellationToken.None);

        Assert.Equal(
            ["HTTP_AUTH_TOKEN_example.com False 2", "HTTP_AUTH_HEADER_example.com False 2", "GIT_AUTH_TOKEN False 3", "GIT_AUTH_HEADER False 3"],
            outline.Secrets.Select(secret => $"{secret.Id} {secret.IsRequired} {secret.Span!.Line}"));
        Assert.Equal(["default False 4"], outline.Agents.Select(agent => $"{agent.Id} {agent.IsRequired} {agent.Span!.Line}"));
    }

    [Fact]
    public async Task A_target_is_described_by_the_comment_above() =>
        Assert.Equal("compilers and such", (await OutlineAsync(new CompileOptions { Target = "tools" })).Description);

    [Fact]
    public void Targets_are_listed_with_what_they_start_from() => Assert.Equal(
        ["tools $BASE compilers and such", "other scratch ", "app scratch  default"],
        DockerfileInspector.Targets(Parsed()).Select(target => $"{target.Name} {target.Base} {target.Description}{(target.IsDefault ? " default" : "")}"));

    private static DockerfileSyntax Parsed() => DockerfileParser.Parse(new SourceText("Dockerfile", Text));

    private static Task<Outline> OutlineAsync(CompileOptions options) =>
        DockerfileInspector.OutlineAsync(Parsed(), options, new FakeResolver(), CancellationToken.None);
}
