using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>Builder in a container of another builder, whose system call filter forbids what an ordinary user needs.</summary>
public sealed class NestedTests(DebianBase debian)
{
    private const string Dockerfile = """
        FROM <base>
        COPY builder /usr/bin/
        COPY Dockerfile /context/
        USER 1000
        ENV BUILDER_ROOT=/tmp/store
        RUN builder build /context; echo exited with $?
        """;

    [Fact]
    public async Task Without_user_namespaces_it_says_what_forbids_them()
    {
        using var builder = new BuilderProgram();
        var context = builder.Files.Folder("context");
        builder.Files.Write("context/Dockerfile", Dockerfile.Replace("<base>", await debian.ReferenceAsync(), StringComparison.Ordinal));
        File.Copy(BuilderProgram.PathOf(Flavour.Native), builder.Files.PathOf("context/builder"));
        var built = (await builder.RunAsync("build", context)).ExpectSuccess();
        Assert.Contains("exited with 5", built.Error, StringComparison.Ordinal);
        Assert.Matches("error BLD50[0-9]{2}: .*user namespace", built.Error);
        Assert.Contains("hint:", built.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_user_namespaces_it_builds_what_runs_nothing()
    {
        using var builder = new BuilderProgram();
        var context = builder.Files.Folder("context");
        builder.Files.Write("context/Dockerfile", $"""
            FROM {await debian.ReferenceAsync()}
            COPY builder /usr/bin/
            COPY inner /inner/
            USER 1000
            ENV BUILDER_ROOT=/tmp/store
            RUN builder build -q -t layers:1 /inner && builder build -q -o type=image -o type=docker,dest=/tmp/more.tar -f /inner/More /inner \
                && tar -tf /tmp/more.tar | grep manifest.json
            """);
        builder.Files.Write("context/inner/Dockerfile", "FROM scratch\nCOPY --chown=7:8 . /srv/\nWORKDIR /srv/w\nCMD [\"/x\"]\n");
        builder.Files.Write("context/inner/More", "FROM layers:1\nCOPY Dockerfile /srv/w/\nCOPY --link More /link/\n");
        File.Copy(BuilderProgram.PathOf(Flavour.Native), builder.Files.PathOf("context/builder"));
        var built = (await builder.RunAsync("build", "--progress=plain", context)).ExpectSuccess();
        Assert.Contains("manifest.json", built.Error, StringComparison.Ordinal);
    }
}
