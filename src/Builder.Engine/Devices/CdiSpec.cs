using System.Text.Json.Serialization;

namespace Builder.Engine.Devices;

/// <summary>A file of the Container Device Interface: what to put into a container for each device of one kind.</summary>
/// <param name="Kind"><c>vendor.com/class</c>.</param>
/// <param name="ContainerEdits">Made for every device of the file.</param>
internal sealed record CdiSpec(string? Kind, IReadOnlyList<CdiDevice>? Devices, CdiEdits? ContainerEdits);

internal sealed record CdiDevice(string? Name, CdiEdits? ContainerEdits);

/// <param name="Env"><c>NAME=value</c>.</param>
/// <param name="Hooks">Programs of the host to be run; Builder runs none.</param>
internal sealed record CdiEdits(
    IReadOnlyList<string>? Env, IReadOnlyList<CdiNode>? DeviceNodes, IReadOnlyList<CdiMount>? Mounts, IReadOnlyList<CdiHook>? Hooks);

/// <param name="HostPath">Null when it is the same as the path.</param>
internal sealed record CdiNode(string? Path, string? HostPath);

internal sealed record CdiMount(string? HostPath, string? ContainerPath, IReadOnlyList<string>? Options);

internal sealed record CdiHook(string? Path);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CdiSpec))]
internal sealed partial class CdiJsonContext : JsonSerializerContext;
