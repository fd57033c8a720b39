using Builder.Diagnostics;
using Builder.Engine.Sources;
using Builder.Engine.Sources.Git;
using Builder.Graph.Compilation;
using Builder.Graph.Operations;
using Builder.Storage;
using Builder.Testing;

namespace Builder.Engine.Tests.Sources;

/// <summary>Repositories as sources (dockerfile-language.md G5 to G7), honest and hostile ones.</summary>
public sealed class GitSourcesTests : IAsyncDisposable
{
    private const string Tree = "mkdir -p docs/deep; echo one > a.txt; echo two > docs/deep/b.txt; echo x > run.sh; chmod 755 run.sh; ln -s ../a.txt docs/link";

    private readonly TemporaryFolder folder = new();
    private readonly BuilderStore store;
    private readonly GitServer server;

    public GitSourcesTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "giving files to root needs root");
        server = new GitServer();
        store = BuilderStore.Open(new StoreOptions { Root = folder["store"], Fsync = FsyncPolicy.Never });
    }

    public async ValueTask DisposeAsync()
    {
        store?.Dispose();
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        folder.Dispose();
    }

    [Fact] // C16: git; S3: files of a repository have the time of the commit
    public async Task Files_modes_links_and_the_commits_time()
    {
        server.Commit("x.git", Tree);
        var source = await FetchAsync("x.git");
        Assert.Equal(
            ["a.txt 644", "docs 755", "docs/deep 755", "docs/deep/b.txt 644", "docs/link -> ../a.txt", "run.sh 755"], List(source));
        Assert.Equal(1600000000, source.Time!.Value.ToUnixTimeSeconds());
        Assert.All(
            Directory.EnumerateFileSystemEntries(source.Snapshot.Path, "*", SearchOption.AllDirectories).Append(source.Snapshot.Path),
            path => Assert.Equal(1600000000, new DateTimeOffset(new FileInfo(path).LastWriteTimeUtc).ToUnixTimeSeconds()));
    }

    [Fact]
    public async Task Branches_tags_commits_and_a_branch_before_a_tag()
    {
        var first = server.Commit("x.git", "echo 1 > f; true");
        server.Shell(server.Folder("work-x.git"), "git tag -a both -m t; git tag light");
        var second = server.Commit("x.git", "git checkout -q -b both; echo 2 > f");
        Assert.Equal("2", await ContentAsync("x.git#both"));
        Assert.Equal("1", await ContentAsync("x.git#light"));
        Assert.Equal("1", await ContentAsync("x.git?tag=both"));
        Assert.Equal("1", await ContentAsync("x.git#refs/tags/both"));
        Assert.Equal("2", await ContentAsync("x.git?branch=both"));
        Assert.Equal("1", await ContentAsync("x.git#main"));
        Assert.Equal("1", await ContentAsync("x.git#" + first));
        Assert.Equal("2", await ContentAsync("x.git#" + second));
        Assert.Equal("2", await ContentAsync("x.git?commit=" + second));
    }

    [Fact]
    public async Task A_folder_of_the_tree()
    {
        server.Commit("x.git", Tree);
        Assert.Equal(["deep 755", "deep/b.txt 644", "link -> ../a.txt"], List(await FetchAsync("x.git#main:docs")));
        Assert.Equal(["b.txt 644"], List(await FetchAsync("x.git?subdir=docs/deep")));
        Assert.Equal(["deep 755", "deep/b.txt 644", "link -> ../a.txt"], List(await FetchAsync("x.git#main:../../docs")));
        Assert.Equal(SourceErrors.NoSuchReference, (await ErrorOf("x.git#main:nope")).Code);
        Assert.Equal(SourceErrors.NoSuchReference, (await ErrorOf("x.git#main:a.txt")).Code);
        Assert.Equal(SourceErrors.NoSuchReference, (await ErrorOf("x.git#main:docs/link")).Code);
    }

    [Fact]
    public async Task What_is_there_already_is_not_fetched()
    {
        var commit = server.Commit("x.git", Tree);
        var first = await FetchAsync("x.git#main");
        var asked = server.Requests.Count;
        Assert.Equal(first, await FetchAsync("x.git#" + commit));
        Assert.Equal(asked, server.Requests.Count);
        Assert.NotEqual(first.Key, (await FetchAsync("x.git#main:docs")).Key);
    }

    [Fact]
    public async Task A_checksum_is_the_commit_or_its_beginning()
    {
        var commit = server.Commit("x.git", Tree);
        await FetchAsync("x.git#main", commit[..8]);
        await FetchAsync("x.git", commit);
        Assert.Equal(SourceErrors.CommitMismatch, (await ErrorOf("x.git#main", "0123456789")).Code);
    }

    [Fact]
    public async Task The_git_folder_on_demand_the_same_every_time()
    {
        server.Commit("x.git", Tree + "; git config user.name leaked; printf '#!/bin/sh\\ntouch /tmp/pwned' > .git/hooks/post-checkout");
        server.Shell(server.Folder("work-x.git"), "git tag -a v1 -m t");
        server.Publish("x.git");
        var kept = await FetchAsync("x.git#v1", keep: true);
        Assert.Equal("v1", server.Shell(kept.Snapshot.Path, "git --no-optional-locks -c safe.directory='*' status --short; git -c safe.directory='*' describe").Trim());
        Assert.False(Directory.Exists(Path.Combine(kept.Snapshot.Path, ".git/hooks")));
        var bytes = Bytes(kept.Snapshot.Path);
        foreach (var (key, _) in store.Steps.List())
        {
            store.Steps.Remove(key);
        }

        var again = await FetchAsync("x.git#v1", keep: true);
        Assert.NotEqual(kept.Snapshot.Id, again.Snapshot.Id);
        Assert.Equal(bytes, Bytes(again.Snapshot.Path));
    }

    [Fact]
    public async Task Submodules_come_along_unless_they_are_not_wanted()
    {
        server.Commit("inner.git", "echo innermost > i; true");
        server.Commit("middle.git", "echo m > m; git submodule --quiet add ../work-inner.git deep; sed -i s,work-,, .gitmodules");
        server.Commit("x.git", "echo x > x; git submodule --quiet add ../work-middle.git mod; sed -i s,work-,, .gitmodules");
        Assert.Equal([".gitmodules 644", "mod 755", "mod/.gitmodules 644", "mod/deep 755", "mod/deep/i 644", "mod/m 644", "x 644"], List(await FetchAsync("x.git")));
        Assert.Equal([".gitmodules 644", "mod 755", "x 644"], List(await FetchAsync("x.git?submodules=false")));
    }

    [Theory]
    [InlineData("file:///etc")]
    [InlineData("ext::sh -c touch% /tmp/pwned")]
    [InlineData("--upload-pack=touch /tmp/pwned")]
    [InlineData("../../../../../../etc")]
    public async Task A_submodule_leads_nowhere_on_this_machine(string url)
    {
        server.Commit("x.git", "git update-index --add --cacheinfo 160000,1111111111111111111111111111111111111111,mod; "
            + $"git config -f .gitmodules submodule.m.path mod; git config -f .gitmodules submodule.m.url '{url}'; git config -f .gitmodules submodule.m.update '!touch /tmp/pwned'; "
            + "git add .gitmodules; git commit -qm evil; mkdir mod; git() { command git \"$@\" || true; }");
        var error = await ErrorOf("x.git");
        Assert.Contains("mod", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists("/tmp/pwned"));
    }

    [Fact]
    public async Task Attributes_of_archives_change_nothing_and_filters_are_not_run()
    {
        server.Commit("x.git", "printf 'a export-ignore\\nb export-subst\\nc filter=evil\\n' > .gitattributes; echo a > a; echo '$Format:%H$' > b; echo c > c; "
            + "git config filter.evil.smudge 'touch /tmp/pwned'; git config filter.evil.clean cat");
        var source = await FetchAsync("x.git");
        Assert.Equal([".gitattributes 644", "a 644", "b 644", "c 644"], List(source));
        Assert.Equal("$Format:%H$\n", File.ReadAllText(Path.Combine(source.Snapshot.Path, "b")));
        Assert.False(File.Exists("/tmp/pwned"));
    }

    [Fact]
    public async Task A_link_in_the_tree_leads_nothing_out_of_it()
    {
        // One name as a link and as a folder: no git makes such a tree, but a server can send one.
        var outside = Directory.CreateDirectory(folder["outside"]).FullName;
        server.Commit("x.git", $"echo evil > f; git add f; blob=$(git hash-object -w f); link=$(printf '%s' '{outside}' | git hash-object -w --stdin); "
            + "sub=$(printf '100644 blob %s\\tf\\n' $blob | git mktree); "
            + "tree=$(printf '120000 blob %s\\tdir\\n040000 tree %s\\tdir\\n' $link $sub | git mktree); "
            + "git update-ref refs/heads/evil $(git commit-tree $tree -m evil)");
        server.Publish("x.git");
        try
        {
            await FetchAsync("x.git#evil");
        }
        catch (BuilderException)
        {
            // Refusing it is as good as taming it.
        }

        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    [Theory]
    [InlineData("--upload-pack=touch")]
    [InlineData("a..b")]
    [InlineData("HEAD^{/x}")]
    [InlineData("nope")]
    public async Task A_reference_is_a_name_that_there_is(string reference)
    {
        server.Commit("x.git", Tree);
        Assert.Equal(SourceErrors.NoSuchReference, (await ErrorOf("x.git#" + reference)).Code);
    }

    [Fact]
    public async Task Nobody_is_asked_for_a_password_and_a_secret_is_used()
    {
        server.Commit("x.git", Tree);
        server.Instead = request => request["Authorization"] == "Basic eC1hY2Nlc3MtdG9rZW46czNjcmV0" ? null : Testing.Http.TestResponse.Text(401, "who?").With("WWW-Authenticate", "Basic realm=x");
        Assert.Equal(SourceErrors.GitFailed, (await ErrorOf("x.git")).Code);
        await FetchAsync("x.git", secret: "s3cret");
    }

    [Fact]
    public async Task A_server_that_is_not_there()
    {
        var error = await ErrorOf("nope.git");
        Assert.Equal(SourceErrors.GitFailed, error.Code);
        Assert.Contains("not found", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(Path.Combine(store.Root, "tmp"), "*", SearchOption.AllDirectories), path => path.Contains("repository", StringComparison.Ordinal));
    }

    private static string[] List(FetchedSource source)
    {
        var top = source.Snapshot.Path;
        return
        [
            .. from path in Directory.EnumerateFileSystemEntries(top, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
               let info = new FileInfo(path)
               orderby path
               select Path.GetRelativePath(top, path) + (info.LinkTarget is { } target ? " -> " + target : " " + Convert.ToString((int)info.UnixFileMode, 8)),
        ];
    }

    private static string Bytes(string top) => string.Join('\n', Directory.EnumerateFiles(top, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
        .Order(StringComparer.Ordinal).Select(path => Path.GetRelativePath(top, path) + " " + Oci.Digest.Of(File.ReadAllBytes(path))));

    private async Task<string> ContentAsync(string url) => File.ReadAllText(Path.Combine((await FetchAsync(url)).Snapshot.Path, "f")).Trim();

    private Task<BuilderException> ErrorOf(string url, string? checksum = null) => Assert.ThrowsAsync<BuilderException>(() => FetchAsync(url, checksum));

    private async Task<FetchedSource> FetchAsync(string url, string? checksum = null, bool keep = false, string? secret = null)
    {
        var operation = (GitOperation)RemoteSource.Parse(server.Url(url), keep)!;
        operation = checksum is null ? operation : operation with { Checksum = checksum };
        var sources = new GitSources(store, new SourceOptions { Secret = id => id == "GIT_AUTH_TOKEN" ? secret : null }, TimeProvider.System);
        var commit = await sources.ResolveAsync(operation, TestContext.Current.CancellationToken);
        return await sources.FetchAsync(operation, commit, TestContext.Current.CancellationToken);
    }
}
