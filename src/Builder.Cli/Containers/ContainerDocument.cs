using System.Globalization;
using System.Text.Json;
using Builder.Engine.Containers.Working;
using Builder.Oci;
using Builder.Storage.Containers;

namespace Builder.Cli.Containers;

/// <summary>A container in the shape of <c>docker container inspect</c>, as far as there is something to say.</summary>
internal static class ContainerDocument
{
    private const string NoTime = "0001-01-01T00:00:00Z";

    public static void Write(Utf8JsonWriter json, StoredContainer container)
    {
        var (record, settings) = (container.Record, container.Record.Settings);
        string[] argv = [.. record.Execution.Entrypoint ?? [], .. record.Execution.Cmd ?? []];
        json.WriteStartObject();
        json.WriteString("Id", record.Id);
        json.WriteString("Created", Moment(record.Created));
        json.WriteString("Path", argv.FirstOrDefault() ?? "");
        WriteList(json, "Args", argv.Skip(1));
        WriteState(json, container);
        json.WriteString("Image", record.ImageId.ToString());
        json.WriteString("LogPath", container.LogPath);
        json.WriteString("Name", "/" + record.Name);
        json.WriteNumber("RestartCount", 0);
        json.WriteString("Driver", record.IsWhole ? "copy" : "overlay2");
        json.WriteString("Platform", "linux");
        WriteHostConfig(json, settings);
        json.WriteStartObject("GraphDriver");
        json.WriteStartObject("Data");
        json.WriteString("UpperDir", container.UpperDir);
        json.WriteEndObject();
        json.WriteString("Name", record.IsWhole ? "copy" : "overlay2");
        json.WriteEndObject();
        WriteMounts(json, settings);
        WriteConfig(json, record);
        json.WriteStartObject("NetworkSettings");
        WritePorts(json, container.State.Ports ?? []);
        json.WriteStartObject("Networks");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteState(Utf8JsonWriter json, StoredContainer container)
    {
        var state = container.State;
        var name = ContainerStates.NameOf(container);
        json.WriteStartObject("State");
        json.WriteString("Status", name);
        json.WriteBoolean("Running", container.IsRunning);
        json.WriteBoolean("Paused", name == "paused");
        json.WriteBoolean("Restarting", false);
        json.WriteBoolean("OOMKilled", state.OutOfMemory);
        json.WriteBoolean("Dead", false);
        json.WriteNumber("Pid", state.ProcessId);
        json.WriteNumber("ExitCode", state.ExitCode);
        json.WriteString("Error", state.Error ?? "");
        json.WriteString("StartedAt", Moment(state.StartedAt));
        json.WriteString("FinishedAt", Moment(state.FinishedAt));
        json.WriteEndObject();
    }

    /// <summary>From <c>ADDRESS:PORT-&gt;PORT/PROTOCOL</c> to Docker's tree of them.</summary>
    private static void WritePorts(Utf8JsonWriter json, IReadOnlyList<string> ports)
    {
        json.WriteStartObject("Ports");
        foreach (var inside in ports.Select(port => port.Split("->")).GroupBy(parts => parts[1], parts => parts[0], StringComparer.Ordinal))
        {
            json.WriteStartArray(inside.Key);
            foreach (var outside in inside)
            {
                var colon = outside.LastIndexOf(':');
                json.WriteStartObject();
                json.WriteString("HostIp", outside[..colon].Trim('[', ']'));
                json.WriteString("HostPort", outside[(colon + 1)..]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteHostConfig(Utf8JsonWriter json, ContainerSettings settings)
    {
        var isolation = StoredIsolation.Of(settings);
        var limits = isolation.ControlGroup.Limits;
        json.WriteStartObject("HostConfig");
        WriteList(json, "Binds", settings.Volumes);
        json.WriteString("NetworkMode", settings.Network ?? "default");
        json.WriteBoolean("AutoRemove", settings.AutoRemove);
        json.WriteBoolean("Privileged", settings.Privileged);
        json.WriteBoolean("ReadonlyRootfs", settings.ReadOnly);
        json.WriteString("Runtime", isolation.Runtime?.Name ?? Builder.Containers.OciRuntime.Own);
        json.WriteBoolean("Init", settings.Init);
        WriteList(json, "ExtraHosts", settings.ExtraHosts);
        WriteList(json, "CapAdd", Values(settings, "--cap-add"));
        WriteList(json, "CapDrop", Values(settings, "--cap-drop"));
        WriteList(json, "SecurityOpt", Values(settings, "--security-opt"));
        json.WriteNumber("Memory", limits.Memory ?? 0);
        json.WriteNumber("MemorySwap", limits.MemorySwap ?? 0);
        json.WriteNumber("CpuShares", limits.CpuShares ?? 0);
        json.WriteNumber("CpuPeriod", limits.CpuPeriod ?? 0);
        json.WriteNumber("CpuQuota", limits.CpuQuota ?? 0);
        json.WriteString("CpusetCpus", limits.CpusetCpus ?? "");
        json.WriteString("CpusetMems", limits.CpusetMems ?? "");
        json.WriteNumber("PidsLimit", limits.Processes ?? 0);
        json.WriteNumber("BlkioWeight", limits.BlockWeight ?? 0);
        json.WriteString("CgroupParent", isolation.ControlGroup.Parent ?? "");
        json.WriteNumber("ShmSize", isolation.SharedMemorySize ?? Builder.Containers.ContainerSpec.DefaultSharedMemorySize);
        json.WriteStartObject("Tmpfs");
        foreach (var tmpfs in settings.Tmpfs)
        {
            var colon = tmpfs.IndexOf(':', StringComparison.Ordinal);
            json.WriteString(colon < 0 ? tmpfs : tmpfs[..colon], colon < 0 ? "" : tmpfs[(colon + 1)..]);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteMounts(Utf8JsonWriter json, ContainerSettings settings)
    {
        json.WriteStartArray("Mounts");
        foreach (var mount in ContainerMounts.Of(settings).OfType<Builder.Containers.BindMount>())
        {
            json.WriteStartObject();
            json.WriteString("Type", "bind");
            json.WriteString("Source", mount.Source);
            json.WriteString("Destination", mount.Target);
            json.WriteString("Mode", mount.ReadOnly ? "ro" : "");
            json.WriteBoolean("RW", !mount.ReadOnly);
            json.WriteString("Propagation", "rprivate");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The image's parameters, and beside them what Docker keeps there of the container's own.</summary>
    private static void WriteConfig(Utf8JsonWriter json, ContainerRecord record)
    {
        json.WriteStartObject("Config");
        json.WriteString("Hostname", record.Settings.Hostname ?? record.ShortId);
        json.WriteString("Image", record.ImageName);
        json.WriteBoolean("Tty", record.Settings.Tty);
        json.WriteBoolean("OpenStdin", record.Settings.OpenStdin);
        if (record.Settings.StopTimeout is { } seconds)
        {
            json.WriteNumber("StopTimeout", seconds);
        }

        using var parsed = JsonDocument.Parse(OciJson.Write(record.Execution));
        foreach (var property in parsed.RootElement.EnumerateObject())
        {
            property.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static IEnumerable<string> Values(ContainerSettings settings, string option) =>
        settings.Isolation.Where(text => text.StartsWith(option + "=", StringComparison.Ordinal)).Select(text => text[(option.Length + 1)..]);

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string Moment(DateTimeOffset? time) =>
        time?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture) ?? NoTime;
}
