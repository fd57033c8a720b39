using System.Text;
using Builder.Diagnostics;
using Builder.Engine.Secrets;
using Builder.Engine.Sources;
using Builder.Engine.Ssh;
using Builder.Graph.Compilation;
using Builder.Graph.Operations;

namespace Builder.Engine;

/// <summary>The secrets and agents of one build: for its steps, and for whatever it fetches.</summary>
internal sealed class BuildAccess : IDisposable
{
    /// <summary>The agent that repositories are read with (dockerfile-language.md G7).</summary>
    private const string DefaultAgent = "default";

    private const string AgentVariable = "SSH_AUTH_SOCK";

    private readonly BuildRequest request;

    /// <param name="newFolder">Gives the path of a folder, not made yet, that is swept after a crash.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.InvalidSecret"/>: a file is missing or too large.</exception>
    public BuildAccess(BuildRequest request, Func<string> newFolder)
    {
        this.request = request;
        Secrets = new BuildSecrets(request.Secrets, Environment.GetEnvironmentVariable);
        Agents = new SshAgents(request.SshAgents, newFolder);
        Sources = request.Sources with { Secret = HeaderOf, SshAgent = SourceAgentAsync };
    }

    public BuildSecrets Secrets { get; }

    public SshAgents Agents { get; }

    /// <summary>How this build fetches: as the request says, with its secrets and its agent.</summary>
    public SourceOptions Sources { get; }

    public void Dispose() => Agents.Dispose();

    /// <summary>A secret that goes into a header. Files end in a newline, which is not meant.</summary>
    private string? HeaderOf(string id)
    {
        if (Secrets.Find(id) is not { } bytes)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(bytes).Trim();
        return !text.Any(char.IsControl) ? text : throw new BuilderException(
            EngineErrors.InvalidSecret, $"secret '{id}' cannot go into a header: it has more than one line, or control characters", "give the token, or the value of the header, and nothing else");
    }

    /// <summary>
    /// The agent given with <c>--ssh</c>. Whoever names a repository behind ssh as a context has asked for the agent of the
    /// environment; a Dockerfile cannot ask for it.
    /// </summary>
    private async Task<string?> SourceAgentAsync(CancellationToken cancellationToken) =>
        await Agents.FindAsync(DefaultAgent, cancellationToken) is { } given ? given
        : request.NamedContexts.Values.Prepend(request.Context).Any(IsBehindSsh) && Environment.GetEnvironmentVariable(AgentVariable) is { Length: > 0 } agent ? agent
        : null;

    private static bool IsBehindSsh(string context) =>
        !Directory.Exists(context) && RemoteSource.Parse(context, keepGitDirectory: false) is GitOperation { Remote: var remote }
            && (remote.StartsWith("ssh://", StringComparison.Ordinal) || !remote.Contains("://", StringComparison.Ordinal));
}
