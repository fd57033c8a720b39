using System.Text;
using Builder.Diagnostics;
using Builder.Engine.Copying;
using Builder.Linux.Files;

namespace Builder.Engine.Sources.Git;

/// <summary>
/// Writes the files of a commit into a folder. Git only makes an archive of them; it is unpacked like any other, so that
/// no name, link or attribute in a repository can write outside of the folder or have git run something.
/// </summary>
internal sealed class GitTree(SourceOptions options, Func<string> newFolder)
{
    private const int MaxDepth = 16;
    private const int MaxSubmodules = 1000;

    private int submodules;

    /// <param name="folder">An empty folder.</param>
    /// <param name="subdirectory">Absolute; only what is below it is written, under the same path. Null for everything.</param>
    public async Task WriteAsync(GitProgram git, GitRemote remote, string commit, string folder, string? subdirectory, bool withSubmodules, CancellationToken cancellationToken)
    {
        var path = subdirectory?.Trim('/') is { Length: > 0 } inner ? inner : null;
        if (path is not null && (await git.RunAsync(["ls-tree", "-d", "-z", commit, "--", path], cancellationToken)).Length == 0)
        {
            throw new BuilderException(SourceErrors.NoSuchReference, $"the repository {remote.Shown} has no folder '{path}' in {commit}", "links are not followed on the way to it");
        }

        using var root = RootDirectory.Open(folder);
        await WriteAsync(git, remote, commit, root, path, withSubmodules, depth: 0, cancellationToken);
    }

    private async Task WriteAsync(GitProgram git, GitRemote remote, string commit, RootDirectory root, string? path, bool withSubmodules, int depth, CancellationToken cancellationToken)
    {
        // Attributes of the archive itself would leave files out, or write into them, which no checkout does.
        Directory.CreateDirectory(Path.Combine(git.Repository, "info"));
        await File.WriteAllTextAsync(Path.Combine(git.Repository, "info", "attributes"), "* -export-ignore -export-subst\n", cancellationToken);

        string[] only = path is null ? [] : [":(top,literal)" + path];
        await git.RunAsync(
            ["archive", "--format=tar", commit, "--", .. only],
            (stream, token) => Task.Run(() => new ArchiveExtractor(root, (0, 0), token).Extract(stream, options.MaxUnpacked), token),
            cancellationToken);
        if (withSubmodules)
        {
            foreach (var (place, id) in await GitLinksAsync(git, commit, path, cancellationToken))
            {
                await WriteSubmoduleAsync(git, remote, commit, root, place, id, depth, cancellationToken);
            }
        }
    }

    private async Task WriteSubmoduleAsync(GitProgram git, GitRemote remote, string commit, RootDirectory root, string place, string id, int depth, CancellationToken cancellationToken)
    {
        if (depth == MaxDepth || ++submodules > MaxSubmodules)
        {
            throw new BuilderException(SourceErrors.BadRepository, $"the submodules of {remote.Shown} are nested more than {MaxDepth} deep, or are more than {MaxSubmodules}");
        }

        var module = (await GitModules.ReadAsync(git, commit, cancellationToken)).Find(place) ?? throw new BuilderException(
            SourceErrors.BadRepository, $"no url found for submodule path '{place}' in .gitmodules of {remote.Shown}", "leave submodules out with ?submodules=false");
        if (module.IsLeftOut)
        {
            return;
        }

        GitRemote source;
        try
        {
            source = remote.Submodule(module.Url);
        }
        catch (BuilderException e) when (e.Code == SourceErrors.BadRepository)
        {
            throw new BuilderException(e.Code, $"submodule '{place}': {e.Message}", e.Hint, inner: e.InnerException);
        }

        var at = GuestPath.FromText(place);
        root.MakeDirectories(at, 0x1ed, 0, 0);
        using var inner = root.OpenRoot(at);
        var program = await GitRepository.CreateAsync(newFolder(), source, id.Length, options, cancellationToken);
        await GitFetch.FetchAsync(program, source, new GitReference(null, id, id), cancellationToken);
        await WriteAsync(program, source, id, inner, null, true, depth + 1, cancellationToken);
    }

    /// <summary>The commits of other repositories that a tree names, by their paths.</summary>
    private static async Task<IReadOnlyList<(string Path, string Commit)>> GitLinksAsync(GitProgram git, string commit, string? path, CancellationToken cancellationToken)
    {
        const string Link = "160000 commit ";
        string[] only = path is null ? [] : [path];
        var output = await git.RunAsync(["ls-tree", "-r", "-z", "--full-tree", commit, "--", .. only], cancellationToken);
        return
        [
            .. from line in output.Split('\0')
               where line.StartsWith(Link, StringComparison.Ordinal)
               let tab = line.IndexOf('\t', StringComparison.Ordinal)
               where tab > 0 && GitReference.IsCommit(line[Link.Length..tab])
               select (line[(tab + 1)..], line[Link.Length..tab]),
        ];
    }
}
