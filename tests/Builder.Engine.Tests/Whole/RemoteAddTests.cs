using Builder.Diagnostics;
using Builder.Testing;
using Builder.Testing.Http;

namespace Builder.Engine.Tests.Whole;

/// <summary>ADD of URLs with the flags that decide where and how files land (dockerfile-language.md C22, C24, G3).</summary>
public sealed class RemoteAddTests(CorpusBuilder builder) : IClassFixture<CorpusBuilder>
{
    [Fact]
    public async Task Link_stacks_a_download_of_its_own()
    {
        var lines = await BuildAsync("ADD --link --chown=3:4 <server>/name.txt /var/run/", "ADD --link --chmod=640 <server>/name.txt /opt/base.txt");
        Assert.Contains("d 755 3:4 var/run", lines);
        Assert.Contains("f 600 3:4 var/run/name.txt \"name\\n\"", lines);
        Assert.Contains("f 640 0:0 opt/base.txt \"name\\n\"", lines);
        Assert.DoesNotContain(lines, line => line.Contains(" run/name.txt", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_link_the_links_of_the_image_are_followed()
    {
        var lines = await BuildAsync("ADD --chown=3:4 <server>/name.txt /var/run/");
        Assert.Contains("f 600 3:4 run/name.txt \"name\\n\"", lines);
        Assert.DoesNotContain(lines, line => line.Contains(" var/run", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Link_and_unpack_go_together()
    {
        var lines = await BuildAsync("ADD --link --unpack <server>/t.tar /un/packed");
        Assert.Contains("  tar un/, un/packed/, un/packed/d/, un/packed/d/f", lines);
        Assert.Contains("f 644 0:0 un/packed/d/f \"f\"", lines);
    }

    [Fact] // with G2: --exclude
    public async Task Exclude_takes_nothing_away_that_was_named_nor_anything_in_an_archive()
    {
        var lines = await BuildAsync("ADD --exclude=* <server>/name.txt /named/", "ADD --exclude=**/f --unpack <server>/t.tar /unpacked/");
        Assert.Contains("f 600 0:0 named/name.txt \"name\\n\"", lines);
        Assert.Contains("f 644 0:0 unpacked/d/f \"f\"", lines);
    }

    [Fact] // C15 to C17: root's own, 0600, as old as the server says or as 1970
    public async Task A_download_belongs_to_root_whoever_the_user_is()
    {
        var lines = await BuildAsync("USER ann", "ADD <server>/name.txt /home/ann/");
        Assert.Contains("f 600 0:0 home/ann/name.txt \"name\\n\"", lines);
    }

    [Theory] // G2
    [InlineData("ADD archives/plain.tar /opt/base.txt")]
    [InlineData("ADD --unpack <server>/t.tar /opt/base.txt")]
    public async Task An_archive_is_not_unpacked_where_a_file_is(string step)
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => BuildAsync(step));
        var error = Assert.IsType<BuilderException>(failure.InnerException);
        Assert.Equal((EngineErrors.CopyConflict, 2), (error.Code, error.Span!.Line));
        Assert.Contains("mkdir /opt/base.txt: /opt/base.txt is not a directory", error.Message, StringComparison.Ordinal);
    }

    [Theory] // G2
    [InlineData("ADD --chmod=700 --chown=3:4 --unpack <server>/t.tar /u/", "f 644 3:4 u/d/f \"f\"")]
    [InlineData("ADD --chmod=700 --unpack <server>/t.tar /u/", "f 644 0:0 u/d/f \"f\"")]
    public async Task Of_the_flags_an_archive_knows_the_owner_alone(string step, string expected) => Assert.Contains(expected, await BuildAsync(step));

    [Fact] // C11: wherever they come from, sources are copied in the order in which they stand there
    public async Task The_last_of_several_files_for_one_name_wins()
    {
        var lines = await BuildAsync("ADD hello.txt <server>/name.txt world.txt /first", "ADD hello.txt world.txt <server>/name.txt /second", "ADD <server>/name.txt hello.txt <<E /third\nhere\nE");
        Assert.Contains("f 644 0:0 first \"world\\n\"", lines);
        Assert.Contains("f 600 0:0 second \"name\\n\"", lines);
        Assert.Contains("f 644 0:0 third \"here\\n\"", lines); // H12
    }

    private async Task<string[]> BuildAsync(params string[] steps)
    {
        var archive = new TarBuilder(modified: 1000).Folder("d").File("d/f", "f").Build();
        await using var server = new TestServer(request => request.Path == "/t.tar" ? new TestResponse(200) { Body = archive } : TestResponse.Text(200, "name\n"));
        using var folder = new TemporaryFolder();
        var text = string.Join('\n', ["FROM corpus/base", .. steps, ""]).Replace("<server>", "http://" + server.Authority, StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder["Dockerfile"], text);
        return (await builder.DescribeAsync(folder["Dockerfile"], TestContext.Current.CancellationToken)).Split('\n');
    }
}
