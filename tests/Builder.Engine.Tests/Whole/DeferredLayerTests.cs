using Builder.Testing;

namespace Builder.Engine.Tests.Whole;

/// <summary>Layers that are made without files are those that the files would have come to, bit for bit.</summary>
public sealed class DeferredLayerTests(CorpusBuilder builder) : IClassFixture<CorpusBuilder>
{
    public static TheoryData<string> Names => BuiltCorpusTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task The_corpus_gives_the_same_images(string name) => CompareAsync(Path.Combine(AppContext.BaseDirectory, "Corpus", name + ".Dockerfile"), null);

    [Theory]
    [InlineData("WORKDIR /a/b/c\nWORKDIR d")]
    [InlineData("COPY tree /x/\nCOPY tree /x/\nCOPY tree/plain /x/plain")] // what is there already is no change
    [InlineData("COPY tree /x/\nCOPY other/plain /x/plain\nCOPY tree /x/")]
    [InlineData("COPY tree/links /x/")]
    [InlineData("COPY tree/links/one /x/\nCOPY tree/links /x/")]
    [InlineData("COPY --parents tree/links tree/deep/er/file /x/")]
    [InlineData("COPY tree /x/\nCOPY --chmod=0700 --chown=12:34 tree /x/")]
    [InlineData("COPY --chmod=u=rwX,go= tree /x/")]
    [InlineData("COPY tree /usr/\nCOPY other/plain /usr/tobin/sub/file\nCOPY other /usr/tobin")] // links on the way
    [InlineData("COPY tree /etc/\nCOPY --chown=www:www tree/plain /srv/")]
    [InlineData("ADD archive.tar /x/\nADD archive.tar /x/\nCOPY other /x/d/")]
    [InlineData("ADD --chown=5:6 archive.tar /")]
    [InlineData("COPY --chmod=0600 <<here /x/y/z/\ntext\nhere")]
    [InlineData("COPY --link tree /x/\nCOPY --link other /x/\nWORKDIR /x/deep")]
    [InlineData("COPY other/empty /x/\nCOPY other/empty /x/\nCOPY other/none* /x/")]
    [InlineData("RUN mkdir /run1 && ln -s /run1 /r\nCOPY tree /r/\nWORKDIR /r/w")]
    public async Task So_do_those_that_are_hard(string steps)
    {
        using var folder = new TemporaryFolder();
        var context = folder["context"];
        Directory.CreateDirectory(context);
        ExternalTool.Run("sh", ["-ec", """
            cd "$1"; umask 022
            mkdir -p tree/deep/er tree/links other/empty tree/sub
            echo plain > tree/plain; echo plane > other/plain; echo deep > tree/deep/er/file; : > tree/nothing
            echo linked > tree/links/one; ln tree/links/one tree/links/two; ln -s one tree/links/soft; mkfifo tree/fifo
            ln -s deep tree/tobin; chmod 4755 tree/plain; setfattr -n user.note -v hello tree/deep 2>/dev/null || :
            mkdir a; mkdir a/d; echo in > a/d/in; ln a/d/in a/hard; ln -s /d a/abs; ln -s d/in a/soft; mkdir a/abs.d; tar -cf archive.tar --owner=7 --group=8 -C a d hard abs soft abs.d
            rm -r a; find . -exec touch -h -d @1600000000 {} +; touch -d @1600000007 tree/deep other/plain
            """, "sh", context]);
        await File.WriteAllTextAsync(folder["Dockerfile"], $"FROM corpus/base\n{steps}\n");
        await CompareAsync(folder["Dockerfile"], context);
        await File.WriteAllTextAsync(folder["Dockerfile"], $"FROM corpus/base AS a\n{steps}\nFROM a\nCOPY other /last/\n");
        await CompareAsync(folder["Dockerfile"], context);
    }

    private async Task CompareAsync(string dockerfile, string? context)
    {
        var token = TestContext.Current.CancellationToken;
        var files = await builder.BuildAnewAsync(dockerfile, defers: false, token, context);
        var layers = await builder.BuildAnewAsync(dockerfile, defers: true, token, context);
        Assert.Equal(files.Layers, layers.Layers);
        Assert.Equal(files.Manifest, layers.Manifest);
    }
}
