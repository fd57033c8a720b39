using System.ComponentModel;
using System.Diagnostics;
using Builder.Diagnostics;
using Builder.Linux.Files;

namespace Builder.Engine.Ssh;

/// <summary>
/// An agent for key files: OpenSSH's own <c>ssh-agent</c>, which knows every kind of key. It runs a command and ends some seconds
/// after it; the command is a <c>cat</c> of our pipe, so nothing is left of it when we are killed. An orderly end does not wait.
/// </summary>
internal sealed class KeyAgent : IDisposable
{
    private const string Install = "install the package openssh-client, or start an agent yourself and give its socket";

    /// <summary>Relative: an address holds a hundred bytes, less than a store's path may have.</summary>
    private const string Name = "s";

    private readonly Process command;
    private readonly RootDirectory folder;
    private readonly int agentId;

    private KeyAgent(Process command, RootDirectory folder, int agentId) => (this.command, this.folder, this.agentId) = (command, folder, agentId);

    /// <summary>A path that this process and those it starts can connect to.</summary>
    public string Socket => $"/proc/{ProcessNumber}/fd/{folder.Descriptor}/{Name}";

    /// <summary>As the mounted /proc counts, which may be that of another namespace than ours.</summary>
    private static string ProcessNumber { get; } = new FileInfo("/proc/self").LinkTarget ?? "self";

    /// <summary>Starts an agent in a folder of ours and gives it the keys.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.SshAgent"/>.</exception>
    public static async Task<KeyAgent> StartAsync(string path, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(path);

        // By the time that the command runs, the agent listens.
        var command = Start(path, "ssh-agent", ["-a", Name, "sh", "-c", "echo $SSH_AGENT_PID; exec cat"]);
        if (!int.TryParse(await command.StandardOutput.ReadLineAsync(cancellationToken), out var id))
        {
            throw new BuilderException(EngineErrors.SshAgent, $"ssh-agent does not start: {(await command.StandardError.ReadToEndAsync(cancellationToken)).Trim()}", Install);
        }

        var agent = new KeyAgent(command, RootDirectory.Open(path), id);
        try
        {
            foreach (var key in keys)
            {
                await AddAsync(path, key, cancellationToken);
            }

            return agent;
        }
        catch
        {
            agent.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        try
        {
            using var agent = Process.GetProcessById(agentId);
            agent.Kill();
        }
        catch (ArgumentException)
        {
            // It has ended by itself.
        }

        command.StandardInput.Close();
        command.WaitForExit();
        command.Dispose();
        folder.Dispose();
    }

    private static Process Start(string path, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = path };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Nobody is asked for anything: keys with a passphrase were refused before.
        start.Environment.Remove("DISPLAY");
        start.Environment.Remove("SSH_ASKPASS");
        start.Environment["SSH_AUTH_SOCK"] = Name;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new BuilderException(EngineErrors.SshAgent, $"{program} cannot be started, and without it a key file is of no use", Install, inner: e);
        }
    }

    private static async Task AddAsync(string path, string key, CancellationToken cancellationToken)
    {
        using var adding = Start(path, "ssh-add", ["-q", key]);
        adding.StandardInput.Close();
        var complaint = await adding.StandardError.ReadToEndAsync(cancellationToken);
        await adding.WaitForExitAsync(cancellationToken);
        if (adding.ExitCode != 0)
        {
            throw new BuilderException(EngineErrors.SshAgent, $"ssh-add does not take the key {key}: {complaint.Trim()}", "the file must be readable by you alone (chmod 600)");
        }
    }
}
