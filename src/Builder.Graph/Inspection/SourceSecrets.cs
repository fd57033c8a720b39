using Builder.Graph.Compilation;
using Builder.Graph.Operations;

namespace Builder.Graph.Inspection;

/// <summary>The secrets and agents with which an ADD opens a private URL or repository, by id. None is ever required.</summary>
internal static class SourceSecrets
{
    public static IReadOnlyList<string> IdsOf(Operation source) => source switch
    {
        HttpOperation http when HostOf(http.Url) is { } host => [$"HTTP_AUTH_TOKEN_{host}", $"HTTP_AUTH_HEADER_{host}"],
        GitOperation git when HttpSource.IsUrl(git.Remote) => ["GIT_AUTH_TOKEN", "GIT_AUTH_HEADER"],
        _ => [],
    };

    /// <summary>Whether <c>git</c> gets there with the keys of the default agent.</summary>
    public static bool NeedsAgent(Operation source) =>
        source is GitOperation git && (git.Remote.StartsWith("ssh://", StringComparison.Ordinal) || !git.Remote.Contains("://", StringComparison.Ordinal));

    private static string? HostOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.Host : null;
}
