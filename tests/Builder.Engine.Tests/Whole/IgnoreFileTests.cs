using Builder.Testing;

namespace Builder.Engine.Tests.Whole;

/// <summary>What an ignore file keeps from a build, and what it does not (dockerfile-language.md §5.1).</summary>
public sealed class IgnoreFileTests(CorpusBuilder builder) : IClassFixture<CorpusBuilder>
{
    [Fact] // Q4
    public async Task A_Dockerfile_and_an_ignore_file_that_are_ignored_are_read_but_not_copied()
    {
        using var context = Context("Dockerfile\n.dockerignore\nleft\n");
        var lines = await BuildAsync(context, "COPY . /all/", "COPY *ockerfile .dockerignor* /named/");
        Assert.Contains("f 644 0:0 all/kept \"kept\"", lines);
        Assert.DoesNotContain(lines, line => line.Contains("ockerfile ", StringComparison.Ordinal) && line.StartsWith("f ", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains(".dockerignore \"", StringComparison.Ordinal) || line.StartsWith("f 644 0:0 all/left", StringComparison.Ordinal));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => BuildAsync(context, "COPY Dockerfile /"));
        Assert.Contains("\"/Dockerfile\": not found", error.Message, StringComparison.Ordinal);
    }

    [Fact] // Q5
    public async Task Copy_add_and_mounts_of_the_main_context_go_by_it_and_nothing_from_elsewhere()
    {
        using var context = Context("**/left\n");
        var lines = await BuildAsync(
            context,
            "COPY . /copied/",
            "ADD . /added/",
            "RUN --mount=target=/m echo $(ls -A /m) > /seen",
            "COPY <<E /left",
            "made",
            "E",
            "FROM corpus/base",
            "COPY --from=first / /stage/",
            "RUN --mount=from=first,target=/m cat /m/left > /mounted");
        Assert.Equal(
            [
                "f 644 0:0 mounted \"made\\n\"", "f 644 0:0 stage/added/kept \"kept\"", "f 644 0:0 stage/copied/kept \"kept\"", "f 644 0:0 stage/left \"made\\n\"",
                "f 644 0:0 stage/seen \".dockerignore Dockerfile kept\\n\"",
            ],
            lines.Where(line => line.StartsWith("f 644", StringComparison.Ordinal) && line.Split(' ')[3].Split('/')[^1] is "mounted" or "kept" or "left" or "seen"));
    }

    private static TemporaryFolder Context(string ignored)
    {
        var context = new TemporaryFolder();
        File.WriteAllText(context[".dockerignore"], ignored);
        File.WriteAllText(context["kept"], "kept");
        File.WriteAllText(context["left"], "left");
        return context;
    }

    private async Task<string[]> BuildAsync(TemporaryFolder context, params string[] steps)
    {
        await File.WriteAllTextAsync(context["Dockerfile"], string.Join('\n', ["FROM corpus/base AS first", .. steps, ""]));
        return (await builder.DescribeAsync(context["Dockerfile"], TestContext.Current.CancellationToken, context.Path)).Split('\n');
    }
}
