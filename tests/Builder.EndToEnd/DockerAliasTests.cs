using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary><c>alias docker=builder</c>, and scripts as people have them.</summary>
public sealed class DockerAliasTests
{
    private const string Script = """
        set -eu
        alias docker="$BUILDER"
        docker version >/dev/null
        docker info >/dev/null
        tar -C "$BASE" -c . | docker import - base:1 >/dev/null
        printf 'FROM base:1\nRUN echo built > /file\nCMD ["sh", "-c", "cat /file"]\n' > "$CONTEXT/Dockerfile"

        docker build -t x --rm=true --force-rm --compress --load --provenance=false --sbom=false "$CONTEXT" >/dev/null 2>&1
        docker buildx build --load --builder default -t x:2 --progress plain "$CONTEXT" >/dev/null 2>&1
        docker image inspect -f '{{.Id}}' x | grep -q '^sha256:'
        [ "$(docker images -q x:latest)" = "$(docker images -q x:2)" ]
        docker run --rm "$(docker build -q "$CONTEXT")"
        docker save x -o x.tar && docker save x:2 | gzip > x2.tar.gz
        docker rmi x x:2 >/dev/null && docker load -i x.tar && docker load -q < x2.tar.gz
        docker run --rm -i -e NAME=value -w /tmp -u 0:0 x sh -c 'echo "$NAME in $PWD"'

        id=$(docker run -d --name web -v "$CONTEXT:/mounted:ro" --cpus 1.5 x sh -c 'echo started; echo more > /more; while :; do sleep 0.1; done')
        until docker logs web | grep -q started; do sleep 0.1; done
        docker ps --filter name=web --format '{{.Names}} {{.State}}'
        docker exec web cat /mounted/Dockerfile | head -n 1
        docker cp web:/more more.txt && cat more.txt
        docker diff web | grep '^A /more$'
        docker commit -a me -m 'more of it' -c 'CMD ["cat", "/more"]' web y:1 >/dev/null
        docker stop -t 1 web && docker rm web
        docker run --rm y:1
        docker tag y:1 z:latest && docker history -q z | head -n 1 | grep -q .
        docker create --name later y:1 >/dev/null && docker start -a later && docker wait later && docker container rm later
        docker system df >/dev/null && docker container ls -aq && docker container prune -f
        docker rmi -f $(docker images -q) >/dev/null
        docker image prune -af | tail -n 1 | cut -d: -f1
        docker builder prune -af >/dev/null && docker images -q
        """;

    [Theory]
    [InlineData(Caller.Root)]
    [InlineData(Caller.User)]
    public async Task Common_scripts_run(Caller caller)
    {
        using var scene = new BuildScene(caller);
        var work = scene.Files.Folder("work");
        var environment = new Dictionary<string, string>
        {
            ["BUILDER"] = string.Join(' ', scene.Builder.CommandLine),
            ["BASE"] = scene.Files.PathOf("base"),
            ["CONTEXT"] = scene.Context,
            ["BUILDER_ROOT"] = scene.Builder.Store,
            ["HOME"] = scene.Files.Path,
            ["BUILDER_NETWORK"] = "host",
            ["BUILDER_RUN_LIMITS"] = "best-effort",
        };
        string[] shell = caller == Caller.User && Environment.IsPrivilegedProcess ? ["runuser", "-u", BuilderProgram.UserName, "--", "sh", "-c", Script] : ["sh", "-c", Script];
        var result = (await Tool.RunAsync(shell[0], shell[1..], new ToolOptions { WorkingDirectory = work, Environment = environment })).ExpectSuccess();
        Assert.Equal(
            """
            built
            Loaded image: x:latest
            value in /tmp
            web running
            FROM base:1
            more
            A /more
            web
            web
            more
            more
            0
            later
            Total reclaimed space
            """,
            string.Join('\n', result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("Total reclaimed space: ", StringComparison.Ordinal) && !line.StartsWith("Deleted Containers", StringComparison.Ordinal))));
        scene.Builder.AssertNothingIsLeftBehind();
    }

    [Theory]
    [InlineData("--provenance=true", "BLD2052")]
    [InlineData("--sbom=mode=max", "BLD2052")]
    [InlineData("--isolation=hyperv", "BLD2052")]
    [InlineData("--attest=type=sbom", "builder manifest attach")]
    public async Task What_is_asked_for_and_cannot_be_is_refused_with_a_way_out(string flag, string said)
    {
        using var builder = new BuilderProgram();
        var result = (await builder.RunAsync("build", flag, builder.Files.Path)).Expect(2);
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
        Assert.Contains("hint: ", result.Error, StringComparison.Ordinal);
    }
}
