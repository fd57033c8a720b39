using Builder.Diagnostics;

namespace Builder.Engine.Sources.Git;

/// <summary>Where a submodule comes from.</summary>
/// <param name="IsLeftOut">The repository says that it is not to be checked out (<c>update = none</c>).</param>
internal sealed record GitModule(string Path, string Url, bool IsLeftOut);

/// <summary>The file <c>.gitmodules</c> of a commit, of which nothing but paths, URLs and <c>update = none</c> counts.</summary>
internal sealed class GitModules(IReadOnlyList<GitModule> modules)
{
    private const string Section = "submodule.";

    public GitModule? Find(string path) => modules.FirstOrDefault(module => module.Path == path);

    public static async Task<GitModules> ReadAsync(GitProgram git, string commit, CancellationToken cancellationToken)
    {
        string listed;
        try
        {
            listed = await git.RunAsync(["config", "--no-includes", "--blob", commit + ":.gitmodules", "-z", "--list"], cancellationToken);
        }
        catch (BuilderException e) when (e.Code == SourceErrors.GitFailed)
        {
            return new GitModules([]);
        }

        var values = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        foreach (var entry in listed.Split('\0'))
        {
            var newline = entry.IndexOf('\n', StringComparison.Ordinal);
            var key = newline < 0 ? entry : entry[..newline];
            var dot = key.LastIndexOf('.');
            if (newline > 0 && dot > Section.Length && key.StartsWith(Section, StringComparison.Ordinal))
            {
                var name = key[Section.Length..dot];
                values.TryAdd(name, new Dictionary<string, string>(StringComparer.Ordinal));
                values[name][key[(dot + 1)..]] = entry[(newline + 1)..];
            }
        }

        return new GitModules(
        [
            .. from module in values.Values
               let path = module.GetValueOrDefault("path")
               let url = module.GetValueOrDefault("url")
               where path is not null && url is not null
               select new GitModule(path.TrimEnd('/'), url, module.GetValueOrDefault("update") == "none"),
        ]);
    }
}
