using System.Text.Json;
using Builder.Containers;
using Builder.Diagnostics;
using Builder.Engine.Options;

namespace Builder.Engine.Devices;

/// <summary>What a device adds to a container.</summary>
internal sealed record DeviceEdits(IReadOnlyList<ContainerDevice> Nodes, IReadOnlyList<string> Variables, IReadOnlyList<ContainerMount> Mounts)
{
    public static DeviceEdits None { get; } = new([], [], []);

    public DeviceEdits With(DeviceEdits other) => new([.. Nodes, .. other.Nodes], [.. Variables, .. other.Variables], [.. Mounts, .. other.Mounts]);
}

/// <summary>The devices of this machine: those that CDI files describe, and nodes of /dev by their path.</summary>
/// <param name="folders">Where CDI files (<c>*.json</c>) are looked for.</param>
internal sealed class HostDevices(IReadOnlyList<string> folders, Entitlements allowed)
{
    private const string DeviceFolder = "/dev/";
    private const int MaxSpecSize = 4 << 20;

    public static IReadOnlyList<string> StandardFolders { get; } = ["/etc/cdi", "/var/run/cdi"];

    /// <summary>What the requested devices add; nothing for one that is neither there nor required.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.DeviceMissing"/>, <see cref="EngineErrors.NotAllowed"/>.</exception>
    public DeviceEdits Resolve(IEnumerable<string> requests) =>
        requests.Select(DeviceRequest.Parse).Aggregate(DeviceEdits.None, (all, request) => all.With(Resolve(request)));

    private DeviceEdits Resolve(DeviceRequest request)
    {
        var found = request.Name.StartsWith(DeviceFolder, StringComparison.Ordinal) ? NodeOf(request.Name) : EditsOf(request.Name);
        if (found is null)
        {
            return !request.IsRequired ? DeviceEdits.None : throw new BuilderException(
                EngineErrors.DeviceMissing,
                $"device {request.Name} is not on this machine",
                $"devices are described by *.json files in {string.Join(" and ", folders)} (CDI), or are nodes of /dev by their path");
        }

        return allowed.MayHave(request.Name) ? found : throw new BuilderException(
            EngineErrors.NotAllowed, $"device {request.Name} is not allowed", $"if you trust this Dockerfile, build with --allow device={request.Name}");
    }

    private static DeviceEdits? NodeOf(string path) =>
        File.Exists(path) && !path.Contains("..", StringComparison.Ordinal) ? new DeviceEdits([new ContainerDevice(path, path[DeviceFolder.Length..])], [], []) : null;

    private DeviceEdits? EditsOf(string name)
    {
        var equals = name.LastIndexOf('=');
        var (kind, device) = equals < 0 ? (name, "*") : (name[..equals], name[(equals + 1)..]);
        var matches = Specs()
            .Where(spec => spec.Kind == kind)
            .SelectMany(spec => (spec.Devices ?? []).Where(each => device == "*" || each.Name == device).Select(each => Read(spec.ContainerEdits, name).With(Read(each.ContainerEdits, name))))
            .ToList();
        return matches.Count == 0 ? null : matches.Aggregate((all, each) => all.With(each));
    }

    private IEnumerable<CdiSpec> Specs()
    {
        foreach (var path in folders.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*.json")).Order(StringComparer.Ordinal))
        {
            CdiSpec? spec = null;
            try
            {
                spec = new FileInfo(path).Length <= MaxSpecSize ? JsonSerializer.Deserialize(File.ReadAllBytes(path), CdiJsonContext.Default.CdiSpec) : null;
            }
            catch (JsonException e)
            {
                throw new BuilderException(EngineErrors.DeviceMissing, $"the device file {path} cannot be read: {e.Message}", inner: e);
            }

            if (spec is not null)
            {
                yield return spec;
            }
        }
    }

    private static DeviceEdits Read(CdiEdits? edits, string name)
    {
        if (edits is null)
        {
            return DeviceEdits.None;
        }

        if (edits.Hooks is { Count: > 0 })
        {
            throw new BuilderException(EngineErrors.DeviceMissing, $"device {name} needs a hook to be run ({edits.Hooks[0].Path}), which Builder does not do");
        }

        return new DeviceEdits(
            [.. (edits.DeviceNodes ?? []).Select(node => Node(node, name))],
            edits.Env ?? [],
            [.. (edits.Mounts ?? []).Select(mount => new BindMount(mount.HostPath ?? "", mount.ContainerPath ?? "", ReadOnly: !(mount.Options ?? []).Contains("rw")))]);
    }

    private static ContainerDevice Node(CdiNode node, string name) =>
        node.Path is { } path && path.StartsWith(DeviceFolder, StringComparison.Ordinal) && !path.Contains("..", StringComparison.Ordinal)
            ? new ContainerDevice(node.HostPath ?? path, path[DeviceFolder.Length..])
            : throw new BuilderException(EngineErrors.DeviceMissing, $"device {name} has the node {node.Path}, which is not in /dev");
}
