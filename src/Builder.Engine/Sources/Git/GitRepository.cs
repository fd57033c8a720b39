using System.Text;
using Builder.Linux.Files;

namespace Builder.Engine.Sources.Git;

/// <summary>A bare repository that lasts as long as one fetch; and what becomes of it when <c>.git</c> is to be kept.</summary>
internal static class GitRepository
{
    private const int Sha256Length = 64;

    private static readonly string[] OurFiles = ["FETCH_HEAD", "known_hosts", "description"];
    private static readonly string[] OurFolders = ["hooks", "info", "logs", "branches", "refs/builder"];

    /// <param name="folder">Is made.</param>
    /// <param name="idLength">How long the remote's object ids are: 40, or 64 for SHA-256.</param>
    public static async Task<GitProgram> CreateAsync(string folder, GitRemote remote, int idLength, SourceOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var git = new GitProgram(folder, options, remote);
        string[] format = idLength == Sha256Length ? ["--object-format=sha256"] : [];
        await git.RunAsync(["init", "--quiet", "--bare", "--template=", .. format], cancellationToken);
        return git;
    }

    /// <summary>
    /// Makes the fetched repository the <c>.git</c> of a work tree: detached at the commit, the same bytes on every
    /// machine (one pack by one thread, an index without times), and nothing in it that git would run or that knows a
    /// password.
    /// </summary>
    public static async Task KeepAsync(GitProgram git, GitRemote remote, GitReference reference, string place, CancellationToken cancellationToken)
    {
        await git.RunAsync(["update-ref", "--no-deref", "HEAD", reference.Commit], cancellationToken);
        if (LocalName(reference.Name) is { } name)
        {
            await git.RunAsync(["update-ref", name, reference.Object], cancellationToken);
        }

        foreach (var line in (await git.RunAsync(["for-each-ref", "--format=%(refname)", "refs/builder"], cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await git.RunAsync(["update-ref", "-d", line], cancellationToken);
        }

        await git.RunAsync(["repack", "-a", "-d", "-f", "-q"], cancellationToken);
        await git.RunAsync(["read-tree", reference.Commit], cancellationToken);
        foreach (var entry in OurFiles)
        {
            File.Delete(Path.Combine(git.Repository, entry));
        }

        foreach (var entry in OurFolders.Select(entry => Path.Combine(git.Repository, entry)).Where(Directory.Exists))
        {
            Directory.Delete(entry, recursive: true);
        }

        var format = reference.Commit.Length == Sha256Length ? (1, "[extensions]\n\tobjectformat = sha256\n") : (0, "");
        await File.WriteAllTextAsync(
            Path.Combine(git.Repository, "config"),
            $"[core]\n\trepositoryformatversion = {format.Item1}\n\tfilemode = true\n\tbare = false\n{format.Item2}"
                + $"[remote \"origin\"]\n\turl = {remote.Url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n",
            cancellationToken);
        if (Directory.Exists(place) || File.Exists(place))
        {
            using var above = DirectoryHandle.Open(Path.GetDirectoryName(place)!);
            above.RemoveTree(Encoding.UTF8.GetBytes(Path.GetFileName(place)));
        }

        Directory.Move(git.Repository, place);
    }

    /// <summary>A branch is the remote's, a tag a tag.</summary>
    private static string? LocalName(string? remoteName)
    {
        const string Branches = "refs/heads/";
        return remoteName is null ? null
            : remoteName.StartsWith(Branches, StringComparison.Ordinal) ? "refs/remotes/origin/" + remoteName[Branches.Length..]
            : remoteName.StartsWith("refs/tags/", StringComparison.Ordinal) ? remoteName
            : null;
    }
}
