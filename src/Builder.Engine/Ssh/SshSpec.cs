using Builder.Diagnostics;
using Builder.Linux.Files;

namespace Builder.Engine.Ssh;

/// <summary>One <c>--ssh</c>: the agent that an id of <c>RUN --mount=type=ssh</c> stands for.</summary>
/// <param name="Socket">Path of a running agent's socket; null when keys are given.</param>
/// <param name="Keys">Paths of private key files without a passphrase.</param>
public sealed record SshSpec(string Id, string? Socket, IReadOnlyList<string> Keys)
{
    private const string AgentVariable = "SSH_AUTH_SOCK";
    private const int MaxKeySize = 100 << 10;

    /// <summary><c>ID</c> for the agent of <c>SSH_AUTH_SOCK</c>, <c>ID=SOCKET</c>, or <c>ID=KEY[,KEY…]</c>.</summary>
    /// <param name="variableOf">Reads Builder's own environment.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.InvalidSsh"/>.</exception>
    public static SshSpec Parse(string text, Func<string, string?> variableOf)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(variableOf);
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var id = equals < 0 ? text : text[..equals];
        if (id.Length == 0)
        {
            throw Invalid("an agent without id", "write it as default, or as ID=SOCKET or ID=KEYFILE");
        }

        string[] paths = equals < 0 ? [] : [.. text[(equals + 1)..].Split(',').Where(path => path.Length > 0)];
        if (paths.Length == 0)
        {
            return variableOf(AgentVariable) is { Length: > 0 } agent
                ? new SshSpec(id, Checked(agent), [])
                : throw Invalid($"there is no agent for '{id}': {AgentVariable} is not set", "start one (eval $(ssh-agent); ssh-add), or give a socket or a key file as --ssh ID=PATH");
        }

        var sockets = paths.Where(IsSocket).ToArray();
        return (sockets.Length, paths.Length) switch
        {
            (0, _) => new SshSpec(id, null, [.. paths.Select(CheckedKey)]),
            (1, 1) => new SshSpec(id, sockets[0], []),
            _ => throw Invalid($"'{id}' has a socket beside other sockets or keys", "give one socket, or key files only"),
        };
    }

    private static string Checked(string socket) =>
        IsSocket(socket) ? socket : throw Invalid($"{AgentVariable} is {socket}, which is no socket", "is the agent still running?");

    private static bool IsSocket(string path) =>
        RootDirectory.TypeOfHostPath(path) == FileType.Socket;

    /// <summary>The path of a key that can be used without asking anybody.</summary>
    private static string CheckedKey(string path)
    {
        if (RootDirectory.TypeOfHostPath(path) is not { } type)
        {
            throw Invalid($"{path} does not exist", "give the path of an agent's socket or of a private key");
        }

        if (type != FileType.Regular || new FileInfo(path).Length > MaxKeySize)
        {
            throw Invalid($"{path} is neither a socket nor a key file", "give the path of an agent's socket or of a private key");
        }

        return PrivateKeyFile.Problem(File.ReadAllText(path)) is { } problem
            ? throw Invalid($"the key {path} {problem.What}", problem.WayOut)
            : Path.GetFullPath(path);
    }

    private static BuilderException Invalid(string what, string wayOut) => new(EngineErrors.InvalidSsh, $"--ssh: {what}", wayOut);
}
