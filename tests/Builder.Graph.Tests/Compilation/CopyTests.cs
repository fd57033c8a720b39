using Builder.Graph.Compilation;
using Builder.Graph.Operations;

namespace Builder.Graph.Tests.Compilation;

public sealed class CopyTests : CompilerTest
{
    [Theory] // C8
    [InlineData("a /x", "/x", false)]
    [InlineData("a /x/", "/x", true)]
    [InlineData("a /x/.", "/x", true)]
    [InlineData("a x", "/w/x", false)]
    [InlineData("a .", "/w", true)]
    [InlineData("a $none", "/w", true)]
    [InlineData("a ../../../x", "/x", false)]
    [InlineData("a /", "/", true)]
    public async Task A_destination_is_absolute_and_remembers_its_slash(string words, string destination, bool isDirectory)
    {
        var copy = await LastOperation<CopyOperation>($"FROM scratch\nWORKDIR /w\nCOPY {words}\n");

        Assert.Equal((destination, isDirectory), (copy.Destination, copy.DestinationIsDirectory));
    }

    [Theory]
    [InlineData("a", "/a", false)]
    [InlineData("/a/", "/a", false)]
    [InlineData("../../a/./b", "/a/b", false)]
    [InlineData(".", "/", false)]
    [InlineData("*.txt", "/*.txt", true)]
    [InlineData("$D/b", "/d/b", false)]
    public async Task A_source_cannot_leave_its_root(string source, string path, bool isPattern)
    {
        var copy = await LastOperation<CopyOperation>($"FROM scratch\nENV D=d\nWORKDIR /w\nCOPY {source} /x\n");

        Assert.Equal(new CopySource(1, path, isPattern), Assert.Single(copy.Sources));
    }

    [Theory]
    [InlineData("a/b/./c/d", "/a/b/./c/d")]
    [InlineData("a/./b/./c", "/a/./b/c")] // C23: the first one
    [InlineData("./a", "/./a")]
    [InlineData("a/../b/./../c", "/b/./c")]
    [InlineData("a//b", "/a/b")]
    public async Task With_parents_the_pivot_is_kept(string source, string path) =>
        Assert.Equal(path, (await LastOperation<CopyOperation>($"FROM scratch\nCOPY --parents {source} /x\n")).Sources[0].Path);

    [Fact]
    public async Task The_inputs_are_the_root_and_what_is_copied_from()
    {
        var plan = await CompileAsync("FROM base AS a\nRUN x\nFROM base\nCOPY --from=a /x /y /z/\n");

        Assert.IsType<ImageOperation>(plan.Root!.Inputs[0].Operation);
        Assert.IsType<RunOperation>(plan.Root.Inputs[1].Operation);
        Assert.Equal(2, plan.Root.Inputs.Count);
        Assert.Equal([1, 1], ((CopyOperation)plan.Root.Operation).Sources.Select(source => source.Input));
    }

    [Fact]
    public async Task A_copy_may_come_from_the_image_that_is_the_root()
    {
        var plan = await CompileAsync("FROM base\nCOPY --from=base /a /b\n");

        Assert.Same(plan.Root!.Inputs[0], plan.Root.Inputs[1]);
    }

    [Fact]
    public async Task A_copy_from_a_number_is_from_the_stage_with_that_index()
    {
        var plan = await CompileAsync("FROM scratch\nCOPY a /a\nFROM scratch\nCOPY --from=0 /a /b\n");

        Assert.Equal("/a", ((CopyOperation)plan.Root!.Inputs[1].Operation).Destination);
    }

    [Fact]
    public async Task Without_from_the_source_is_the_build_context()
    {
        var plan = await CompileAsync("FROM scratch\nCOPY a /a\n");

        Assert.IsType<ScratchOperation>(plan.Root!.Inputs[0].Operation);
        Assert.Equal(new ContextOperation("context"), plan.Root.Inputs[1].Operation);
    }

    [Fact]
    public async Task A_link_is_made_on_nothing_and_merged()
    {
        var plan = await CompileAsync("FROM base\nCOPY --link --chown=1 a /a\n");

        Assert.IsType<MergeOperation>(plan.Root!.Operation);
        Assert.IsType<ImageOperation>(plan.Root.Inputs[0].Operation);
        Assert.IsType<ScratchOperation>(plan.Root.Inputs[1].Inputs[0].Operation);
        Assert.Same(plan.Root, Assert.Single(plan.Image.Steps).Layer);
        Assert.IsType<CopyOperation>((await CompileAsync("FROM scratch\nCOPY --link a /a\n")).Root!.Operation);
    }

    [Fact]
    public async Task A_linked_copy_is_the_same_whatever_is_below()
    {
        async Task<Vertex> Copied(string image) => (await CompileAsync($"FROM {image}\nCOPY --link a /a\n")).Root!.Inputs[1];

        Assert.Equal((await Copied("one")).Digest, (await Copied("two")).Digest);
    }

    [Fact]
    public async Task Here_documents_are_files_expanded_unless_quoted()
    {
        var copy = await LastOperation<CopyOperation>("FROM scratch\nENV x=X\nCOPY a <<A <<\"B\" <<-C /d/\n1$x \"q\" \\$x\nA\n2$x\nB\n\t3\n\tC\n");

        Assert.Equal([new InlineFile("A", "1X \"q\" $x\n"), new InlineFile("B", "2$x\n"), new InlineFile("C", "3\n")], copy.Files);
        Assert.Single(copy.Sources);
    }

    [Fact]
    public async Task A_copy_of_here_documents_alone_needs_no_context()
    {
        var plan = await CompileAsync("FROM scratch\nCOPY <<A /d/\nx\nA\n");

        Assert.Empty(Operations<ContextOperation>(plan));
        Assert.Single(plan.Root!.Inputs);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("..")]
    public async Task A_here_document_whose_name_is_no_plain_name_is_refused(string name) =>
        Assert.Equal(2, (await ErrorOf($"FROM scratch\nCOPY <<{name} /d/\nx\n{name}\n")).Span!.Line);

    [Theory] // with G6
    [InlineData("COPY http://h/x /", "source can't be a URL for COPY")]
    [InlineData("COPY https://h/x.git /", "source can't be a git ref for COPY")]
    [InlineData("COPY git@h:x /", "source can't be a git ref for COPY")]
    [InlineData("COPY --chmod=888 a /", "invalid chmod parameter: '888'. it should be octal string and between 0 and 07777")]
    [InlineData("COPY --chmod=10000 a /", "between 0 and 07777")]
    [InlineData("COPY --chmod=u+q a /", "invalid syntax")]
    [InlineData("COPY --chown=name a /", "invalid user index: -1")]
    [InlineData("COPY --chown=1:2:3 a /", "invalid chown string")]
    [InlineData("ADD --checksum=sha256:00 a b /", "checksum can't be specified for multiple sources")]
    [InlineData("ADD --checksum=sha256:00 a /", "checksum requires HTTP(S) or Git sources")]
    [InlineData("ADD https://h/r.git?nonsense=1 /", "unexpected query \"nonsense\"")]
    [InlineData("ADD https://h/r.git?ref= /", "query \"ref\" has no value")]
    [InlineData("ADD https://h/r.git?ref=a&ref=b /", "query \"ref\" has multiple values")]
    [InlineData("ADD https://h/r.git?ref=a#b /", "ref conflicts")]
    [InlineData("ADD https://h/r.git?tag=a&branch=b /", "branch conflicts with tag")]
    [InlineData("ADD https://h/r.git?subdir=a#:b /", "subdir conflicts")]
    [InlineData("ADD --keep-git-dir https://h/r.git?keep-git-dir=0 /", "inconsistent keep-git-dir configuration")]
    [InlineData("ADD --checksum=abc https://h/r.git?commit=def /", "checksum mismatch")]
    public async Task A_copy_that_cannot_be_is_refused_with_its_place(string instruction, string message)
    {
        var error = await ErrorOf($"FROM scratch\n{instruction}\n");

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.Span!.Line);
    }

    [Fact]
    public async Task A_named_owner_is_for_the_engine_to_find_when_there_is_a_base() =>
        Assert.Equal("www:www", (await LastOperation<CopyOperation>("FROM base\nCOPY --chown=www:www a /\n")).Chown);

    [Fact]
    public async Task Add_unpacks_files_and_not_downloads_unless_told()
    {
        Assert.True((await LastOperation<CopyOperation>("FROM scratch\nADD a.tar /\n")).Sources[0].Unpack);
        Assert.False((await LastOperation<CopyOperation>("FROM scratch\nADD --unpack=false a.tar /\n")).Sources[0].Unpack);
        Assert.False((await LastOperation<CopyOperation>("FROM scratch\nADD https://h/a.tar /\n")).Sources[0].Unpack);
        Assert.True((await LastOperation<CopyOperation>("FROM scratch\nADD --unpack https://h/a.tar /\n")).Sources[0].Unpack);
        Assert.False((await LastOperation<CopyOperation>("FROM scratch\nCOPY a.tar /\n")).Sources[0].Unpack);
    }

    [Theory]
    [InlineData("https://h/d/f.txt?q=1#z", "f.txt")]
    [InlineData("https://h/a%20b[1]", "a b[1]")]
    [InlineData("https://h/", "__unnamed__")]
    [InlineData("https://h", "__unnamed__")]
    [InlineData("https://h/x/..", "__unnamed__")]
    [InlineData("https://h/x%2Fy", "__unnamed__")]
    [InlineData("https://h/r.git/", "__unnamed__")]
    public async Task A_download_is_named_by_the_last_part_of_its_path(string url, string name)
    {
        var plan = await CompileAsync($"FROM scratch\nADD [\"{url}\",\"/\"]\n");

        Assert.Equal(new HttpOperation(url, name, null), Assert.Single(Operations<HttpOperation>(plan)));
        Assert.Equal(new CopySource(1, "/" + name), Assert.Single(((CopyOperation)plan.Root!.Operation).Sources));
    }

    [Fact]
    public async Task Add_takes_files_downloads_and_repositories_at_once()
    {
        var plan = await CompileAsync("FROM scratch\nADD a https://h/f git://h/r.git b /\n");

        Assert.Equal(["scratch", "context", "http", "git"], plan.Root!.Inputs.Select(input => input.Operation.Kind));
        Assert.Equal([1, 2, 3, 1], ((CopyOperation)plan.Root.Operation).Sources.Select(source => source.Input));
    }

    [Theory] // with G6
    [InlineData("https://h/r.git", "https://h/r.git", null, null)]
    [InlineData("https://h/r.git#v1:a/../b", "https://h/r.git", "v1", "/b")]
    [InlineData("https://h/r.git?branch=x&subdir=s", "https://h/r.git", "refs/heads/x", "/s")]
    [InlineData("https://h/r.git?tag=1", "https://h/r.git", "refs/tags/1", null)]
    [InlineData("git@h:o/r#:sub", "git@h:o/r", null, "/sub")]
    [InlineData("ssh://git@h/o/r#main", "ssh://git@h/o/r", "main", null)]
    public async Task A_repository_is_taken_apart(string source, string remote, string? reference, string? subdirectory)
    {
        var plan = await CompileAsync($"FROM scratch\nADD {source} /\n");

        Assert.Equal(new GitOperation(remote, reference, subdirectory), Assert.Single(Operations<GitOperation>(plan)));
    }

    [Fact]
    public async Task What_a_repository_shall_be_like_can_be_said_twice_if_it_agrees()
    {
        var plan = await CompileAsync("FROM scratch\nADD --keep-git-dir --checksum=abc https://h/r.git?commit=abc&submodules=false&keep-git-dir /\n");

        Assert.Equal(
            new GitOperation("https://h/r.git", null, null) { KeepGitDirectory = true, Submodules = false, Checksum = "abc" },
            Assert.Single(Operations<GitOperation>(plan)));
    }

    [Theory]
    [InlineData("./x.git")]
    [InlineData("github.com/o/r")]
    public async Task What_looks_like_a_path_is_one(string source) =>
        Assert.Empty(Operations<GitOperation>(await CompileAsync($"FROM scratch\nADD {source} /\n")));
}
