using System.CommandLine;
using Builder.Cli.Commands;
using Builder.Cli.Displays;
using Builder.Containers;
using Builder.Containers.Networking;
using Builder.Diagnostics;
using Builder.Engine.Containers.Working;
using Builder.Storage.Containers;

namespace Builder.Cli.Containers;

/// <summary>What <c>create</c> and <c>run</c> have in common: everything that a container is made with.</summary>
internal sealed class ContainerFlags
{
    private readonly Option<bool> interactive = new("--interactive", "-i") { Description = "Keep standard input open" };
    private readonly Option<bool> tty = new("--tty", "-t") { Description = "Give the container a terminal" };
    private readonly Option<string[]> env = new("--env", "-e") { Description = "A variable, as NAME=value, or NAME for its value here; may be repeated", HelpName = "variable" };
    private readonly Option<string[]> envFile = new("--env-file") { Description = "A file with a variable in each line; may be repeated", HelpName = "file" };
    private readonly Option<string[]> volume = new("--volume", "-v") { Description = "Show a folder of this machine in the container, as SOURCE:TARGET[:ro]; may be repeated", HelpName = "mount" };
    private readonly Option<string[]> mount = new("--mount") { Description = "The same in words: type=bind|tmpfs,source=…,target=…,readonly; may be repeated", HelpName = "mount" };
    private readonly Option<string[]> tmpfs = new("--tmpfs") { Description = "A folder in memory, as TARGET[:size=64m,mode=1777]; may be repeated", HelpName = "mount" };
    private readonly Option<string?> workdir = new("--workdir", "-w") { Description = "The folder to start in", HelpName = "folder" };
    private readonly Option<string?> user = new("--user", "-u") { Description = "Whom to run as: NAME|UID[:GROUP|GID]", HelpName = "user" };
    private readonly Option<bool> remove = new("--rm") { Description = "Remove the container when it has ended" };
    private readonly Option<string?> name = new("--name") { Description = "The container's name (default: a random one)", HelpName = "name" };
    private readonly Option<string?> entrypoint = new("--entrypoint") { Description = "Run this instead of the image's ENTRYPOINT", HelpName = "program" };
    private readonly Option<string?> network = new("--network", "--net") { Description = "The network that the container sees: default (private where it can be had, else the host's), private, host or none", HelpName = "mode" };
    private readonly Option<string?> hostname = new("--hostname", "-h") { Description = "The container's own name for itself (default: the beginning of its id)", HelpName = "name" };
    private readonly Option<string[]> addHost = new("--add-host") { Description = "A line of /etc/hosts, as NAME:ADDRESS; may be repeated", HelpName = "host" };
    private readonly Option<bool> readOnly = new("--read-only") { Description = "The container cannot write to its root file system" };
    private readonly Option<string?> stopSignal = new("--stop-signal") { Description = "The signal that asks it to end (default: the image's, or TERM)", HelpName = "signal" };
    private readonly Option<int?> stopTimeout = new("--stop-timeout") { Description = "Seconds between that signal and the end (default: 10)", HelpName = "seconds" };
    private readonly Option<string[]> label = new("--label", "-l") { Description = "A label, as NAME=value; may be repeated", HelpName = "label" };
    private readonly Option<string[]> publish = new("--publish", "-p") { Description = "Forward a port of this machine, as [[ADDRESS:]PORT:]PORT[/udp]; may be repeated", HelpName = "port" };
    private readonly Option<bool> publishAll = new("--publish-all", "-P") { Description = "Forward a free port to each that the image EXPOSEs" };
    private readonly Option<bool> init = new("--init") { Description = "Run a small process 1 that reaps processes and passes signals on" };
    private readonly Option<bool> privileged = new("--privileged") { Description = "Without walls: every capability and device that you have" };
    private readonly Option<string?> pull = new("--pull") { Description = "When to ask the registry for the image: missing, always or never (default: missing)", HelpName = "when" };
    private readonly Argument<string> image = new("image") { Description = "Name or id of an image" };
    private readonly Argument<string[]> command = new("command") { Description = "What to run instead of the image's CMD", Arity = ArgumentArity.ZeroOrMore };

    public void AddTo(Command verb)
    {
        foreach (var option in (Option[])
        [
            interactive, tty, env, envFile, volume, mount, tmpfs, workdir, user, remove, name, entrypoint, network, hostname, addHost, readOnly,
            stopSignal, stopTimeout, label, publish, publishAll, init, privileged, pull, .. IsolationOptions.All,
        ])
        {
            verb.Options.Add(option);
        }

        verb.Arguments.Add(image);
        verb.Arguments.Add(command);
    }

    public string ImageOf(ParseResult parsed) => parsed.GetValue(image)!;

    public string PullOf(ParseResult parsed) => parsed.GetValue(pull) ?? "missing";

    public bool RemovesOf(ParseResult parsed) => parsed.GetValue(remove);

    public ContainerRequest RequestOf(ParseResult parsed)
    {
        CheckPorts(parsed);
        var mounts = (parsed.GetValue(mount) ?? []).Select(ContainerMounts.FromFields).ToArray();
        return new ContainerRequest
        {
            Image = ImageOf(parsed),
            Name = parsed.GetValue(name),
            Command = parsed.GetValue(command) ?? [],
            Entrypoint = parsed.GetValue(entrypoint),
            Env = EnvironmentFlags.Read(parsed.GetValue(envFile) ?? [], parsed.GetValue(env) ?? []),
            Labels = LabelsOf(parsed.GetValue(label) ?? []),
            WorkingDirectory = parsed.GetValue(workdir),
            User = parsed.GetValue(user),
            StopSignal = parsed.GetValue(stopSignal),
            PublishesExposed = parsed.GetValue(publishAll),
            Settings = new ContainerSettings
            {
                Tty = parsed.GetValue(tty),
                OpenStdin = parsed.GetValue(interactive),
                AutoRemove = parsed.GetValue(remove),
                ReadOnly = parsed.GetValue(readOnly),
                Hostname = parsed.GetValue(hostname),
                Network = parsed.GetValue(network),
                StopTimeout = parsed.GetValue(stopTimeout),
                Publish = parsed.GetValue(publish) ?? [],
                Init = parsed.GetValue(init),
                Volumes = [.. (parsed.GetValue(volume) ?? []).Select(Absolute), .. mounts.Select(each => each.Volume).OfType<string>()],
                Tmpfs = [.. parsed.GetValue(tmpfs) ?? [], .. mounts.Select(each => each.Tmpfs).OfType<string>()],
                ExtraHosts = parsed.GetValue(addHost) ?? [],
                Privileged = parsed.GetValue(privileged),
                Isolation = StoredIsolation.Take(parsed),
            },
        };
    }

    /// <exception cref="BuilderException">A port or a network that is none.</exception>
    private void CheckPorts(ParseResult parsed)
    {
        var use = IsolationOptions.Of(parsed, parsed.GetValue(network)).PrivateNetwork;
        var ports = (parsed.GetValue(publish) ?? []).SelectMany(PublishedPort.Parse).ToArray();
        if ((ports.Length > 0 || parsed.GetValue(publishAll)) && use == PrivateNetworkUse.Never)
        {
            Terminal.WriteErrorLine("warning: ports are published with a private network only: this container has the machine's, or none");
        }
    }

    /// <summary>The container may be started from another folder one day.</summary>
    private static string Absolute(string volume) =>
        volume.StartsWith('.') && volume.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? Path.GetFullPath(volume[..colon]) + volume[colon..] : volume;

    private static Dictionary<string, string> LabelsOf(string[] texts)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals == 0 || text.Length == 0)
            {
                throw new BuilderException(CliErrors.Usage, $"'{text}' is no label", "write it as NAME=value");
            }

            labels[equals < 0 ? text : text[..equals]] = equals < 0 ? "" : text[(equals + 1)..];
        }

        return labels;
    }
}
