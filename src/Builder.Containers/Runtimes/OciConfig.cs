using System.Buffers;
using System.Text.Json;
using Builder.Containers.Launch;
using Builder.Linux.Isolation;
using Builder.Linux.Isolation.Seccomp;

namespace Builder.Containers.Runtimes;

/// <summary>A container in the words of the runtime specification 1.0: <c>config.json</c> of a bundle, and <c>process.json</c> of one more process.</summary>
internal static class OciConfig
{
    private const string Version = "1.0.2";
    private const int FileModeMask = 0x12;

    /// <param name="binds">The mounts that were asked for.</param>
    public static byte[] Bundle(ContainerSpec spec, HostFeatures host, IReadOnlyList<BundleBind> binds) => Write(json =>
    {
        var granted = IdentityScript.Granted(spec, host);
        json.WriteString("ociVersion", Version);
        json.WriteStartObject("process");
        WriteProcess(json, spec, host, granted);
        json.WriteEndObject();
        json.WriteStartObject("root");
        json.WriteString("path", RootMount.PlaceOf(spec.Root));
        json.WriteBoolean("readonly", spec.IsReadOnly);
        json.WriteEndObject();
        if (spec.Namespaces.HasFlag(Namespaces.Uts))
        {
            json.WriteString("hostname", spec.Hostname);
        }

        json.WriteStartArray("mounts");
        foreach (var mount in OciMount.Of(spec, host, binds))
        {
            json.WriteStartObject();
            json.WriteString("destination", mount.Destination);
            json.WriteString("type", mount.Type);
            json.WriteString("source", mount.Source);
            WriteList(json, "options", mount.Options);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteLinux(json, spec, granted);
    });

    public static byte[] Process(ContainerSpec spec, HostFeatures host) => Write(json => WriteProcess(json, spec, host, IdentityScript.Granted(spec, host)));

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteProcess(Utf8JsonWriter json, ContainerSpec spec, HostFeatures host, CapabilitySet granted)
    {
        json.WriteBoolean("terminal", spec.HasTerminal);
        json.WriteStartObject("user");
        json.WriteNumber("uid", spec.User.Uid);
        json.WriteNumber("gid", spec.User.Gid);
        json.WriteNumber("umask", FileModeMask);
        json.WriteStartArray("additionalGids");
        foreach (var group in IdentityScript.Groups(spec.User, host))
        {
            json.WriteNumberValue(group);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        WriteList(json, "args", spec.Argv);
        WriteList(json, "env", ProcessTexts.Environment(spec));
        json.WriteString("cwd", spec.WorkingDirectory);
        WriteCapabilities(json, spec, granted);
        json.WriteStartArray("rlimits");
        foreach (var limit in LimitsScript.Of(spec))
        {
            json.WriteStartObject();
            json.WriteString("type", limit.KernelName);
            json.WriteNumber("soft", limit.Soft);
            json.WriteNumber("hard", limit.Hard);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("noNewPrivileges", spec.NoNewPrivileges);
        if (spec.Labels.AppArmor is { } profile)
        {
            json.WriteString("apparmorProfile", profile);
        }

        if (spec.Labels.Selinux is { } label)
        {
            json.WriteString("selinuxLabel", label);
        }
    }

    /// <summary>A confined process of another user than root holds none; what an unconfined one has goes over to its programs.</summary>
    private static void WriteCapabilities(Utf8JsonWriter json, ContainerSpec spec, CapabilitySet granted)
    {
        var held = spec.IsConfined && spec.User.Uid != 0 ? CapabilitySet.None : granted;
        var passedOn = spec.IsConfined ? CapabilitySet.None : granted;
        json.WriteStartObject("capabilities");
        foreach (var (name, set) in ((string, CapabilitySet)[])[("bounding", granted), ("effective", held), ("permitted", held), ("inheritable", passedOn), ("ambient", passedOn)])
        {
            WriteList(json, name, set.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        json.WriteEndObject();
    }

    /// <summary>The network namespace is entered before the runtime starts, and control groups are Builder's.</summary>
    private static void WriteLinux(Utf8JsonWriter json, ContainerSpec spec, CapabilitySet granted)
    {
        json.WriteStartObject("linux");
        json.WriteStartArray("namespaces");
        foreach (var (kind, name) in ((Namespaces, string)[])[(Namespaces.Mount, "mount"), (Namespaces.Pid, "pid"), (Namespaces.Uts, "uts"), (Namespaces.Ipc, "ipc"), (Namespaces.Cgroup, "cgroup")])
        {
            if (((spec.Namespaces | Namespaces.Mount) & kind) != 0)
            {
                json.WriteStartObject();
                json.WriteString("type", name);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        WriteList(json, "maskedPaths", spec.MaskedPaths);
        WriteList(json, "readonlyPaths", spec.ReadOnlyPaths);
        if (spec.Seccomp.ResolveFor(granted) is { } policy)
        {
            json.WriteStartObject("seccomp");
            WriteSeccomp(json, policy);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteSeccomp(Utf8JsonWriter json, SeccompProfile policy)
    {
        json.WriteString("defaultAction", policy.DefaultAction);
        if (policy.DefaultErrnoRet is { } errno)
        {
            json.WriteNumber("defaultErrnoRet", errno);
        }

        WriteList(json, "architectures", policy.Architectures ?? []);
        json.WriteStartArray("syscalls");
        foreach (var rule in policy.Syscalls ?? [])
        {
            json.WriteStartObject();
            WriteList(json, "names", rule.Names ?? []);
            json.WriteString("action", rule.Action);
            if (rule.ErrnoRet is { } number)
            {
                json.WriteNumber("errnoRet", number);
            }

            json.WriteStartArray("args");
            foreach (var argument in rule.Args ?? [])
            {
                json.WriteStartObject();
                json.WriteNumber("index", argument.Index);
                json.WriteNumber("value", argument.Value);
                json.WriteNumber("valueTwo", argument.ValueTwo);
                json.WriteString("op", argument.Op);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
