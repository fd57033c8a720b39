using System.Diagnostics;
using Builder.Testing;
using Builder.Testing.Http;

namespace Builder.Engine.Tests.Sources;

/// <summary>Repositories made with the real git, served over HTTP as plain files (git's "dumb" protocol).</summary>
internal sealed class GitServer : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TestServer server;

    public GitServer()
    {
        Assert.SkipUnless(ExternalTool.Exists("git"), "needs git");
        server = new TestServer(Answer);
    }

    public IReadOnlyList<TestRequest> Requests => server.Requests;

    /// <summary>What a file answers instead of itself.</summary>
    public Func<TestRequest, TestResponse?> Instead { get; set; } = _ => null;

    public string Url(string name) => $"http://{server.Authority}/{name}";

    public string Folder(string name) => folder[name];

    /// <summary>Makes a repository, its work tree left to a script that runs in it; publishes it.</summary>
    /// <returns>The commit.</returns>
    public string Commit(string name, string script)
    {
        var path = Directory.CreateDirectory(folder["work-" + name]).FullName;
        Shell(path, "test -d .git || git init -q -b main .; " + script + "; git add -A; git commit -qm commit --allow-empty");
        Publish(name);
        return Shell(path, "git rev-parse HEAD").Trim();
    }

    public void Publish(string name) =>
        Shell(folder.Path, $"rm -rf '{name}'; git clone -q --bare --no-local 'work-{name}' '{name}'; cd '{name}'; git update-server-info");

    public string Shell(string workingDirectory, string script)
    {
        var start = new ProcessStartInfo("sh", ["-ec", script]) { RedirectStandardOutput = true, WorkingDirectory = workingDirectory };
        foreach (var (variable, value) in new[]
        {
            ("HOME", folder.Path), ("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_AUTHOR_NAME", "n"), ("GIT_AUTHOR_EMAIL", "e"), ("GIT_COMMITTER_NAME", "n"),
            ("GIT_COMMITTER_EMAIL", "e"), ("GIT_AUTHOR_DATE", "@1600000000 +0000"), ("GIT_COMMITTER_DATE", "@1600000000 +0000"),
            ("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "protocol.file.allow"), ("GIT_CONFIG_VALUE_0", "always"),
        })
        {
            start.Environment[variable] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    private TestResponse Answer(TestRequest request)
    {
        var path = Path.Combine(folder.Path, Uri.UnescapeDataString(request.Path).TrimStart('/'));
        return Instead(request) ?? (File.Exists(path) ? new TestResponse(200) { Body = File.ReadAllBytes(path) } : TestResponse.Text(404, "no"));
    }
}
