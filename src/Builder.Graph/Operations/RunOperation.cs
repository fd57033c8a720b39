using Builder.Dockerfile.Syntax;
using Builder.Oci;

namespace Builder.Graph.Operations;

/// <summary>
/// Runs a process in a root file system (RUN). Input 0 is the root; further inputs are what bind mounts and the first
/// content of cache mounts come from.
/// </summary>
public sealed record RunOperation : Operation
{
    /// <summary>The argument vector; never empty.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary><c>NAME=value</c> lines, each name once. HOME is missing when the image does not say it.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>
    /// <c>NAME=value</c> lines that replace those of the same name; they change how the step gets its data but not,
    /// by agreement, what it makes of it, and so are in no key.
    /// </summary>
    public IReadOnlyList<string> ProxyEnvironment { get; init; } = [];

    public string WorkingDirectory { get; init; } = "/";

    /// <summary><c>user[:group]</c>, names or numbers, resolved in the root; empty for root.</summary>
    public string User { get; init; } = "";

    public RunNetwork Network { get; init; }

    public RunSecurity Security { get; init; }

    public string Hostname { get; init; } = "";

    /// <summary>Further lines of /etc/hosts. Only the names are in the key.</summary>
    public IReadOnlyList<HostEntry> ExtraHosts { get; init; } = [];

    /// <summary>Sorted by target, each target once.</summary>
    public IReadOnlyList<StepMount> Mounts { get; init; } = [];

    /// <summary>Executable files (mode 0755) that appear, read only, under <see cref="ScriptDirectory"/>.</summary>
    public IReadOnlyList<InlineFile> Scripts { get; init; } = [];

    /// <summary>CDI devices, as <c>--device</c> took them.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    public const string ScriptDirectory = "/dev/pipes";

    public override string Kind => "run";

    internal override bool Accepts(int inputs) =>
        inputs == 1 + Mounts.Select(mount => mount.Input ?? 0).DefaultIfEmpty(0).Max() && Mounts.All(mount => mount.Input is null or > 0);

    internal override void Describe(KeyWriter key)
    {
        key.Add("argument", Arguments);
        key.Add("env", Environment);
        key.Add("working directory", WorkingDirectory);
        key.Add("user", User);
        key.Add("network", Network.ToString());
        key.Add("security", Security.ToString());
        key.Add("hostname", Hostname);
        key.Add("extra host", [.. ExtraHosts.Select(host => host.Name)]);
        key.Add("device", Devices);
        key.Add("mounts", Mounts.Count);
        foreach (var mount in Mounts)
        {
            key.Add("mount", mount.Kind);
            mount.Describe(key);
        }

        key.Add("scripts", Scripts.Count);
        foreach (var script in Scripts)
        {
            key.Add("script", script.Name);
            key.Add("script content", Digest.OfText(script.Content).ToString());
        }
    }
}

/// <summary>A line of /etc/hosts. The address may be the word <c>host-gateway</c>.</summary>
public sealed record HostEntry(string Name, string Address);
