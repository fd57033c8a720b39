using System.Globalization;
using Builder.Containers;
using Builder.Diagnostics;
using Builder.Engine.Images;
using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>What <c>--volume</c>, <c>--mount</c> and <c>--tmpfs</c> say.</summary>
public static class ContainerMounts
{
    /// <summary>The mounts of a container, in the order in which they were given.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.InvalidContainerOption"/>.</exception>
    public static IReadOnlyList<ContainerMount> Of(ContainerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return [.. settings.Volumes.Select(Bind), .. settings.Tmpfs.Select(Tmpfs)];
    }

    internal static void Check(ContainerSettings settings)
    {
        foreach (var mount in Of(settings).OfType<BindMount>())
        {
            if (!Path.Exists(mount.Source))
            {
                // As Docker does: what is to be written to is made.
                Directory.CreateDirectory(mount.Source);
            }
        }
    }

    /// <summary><c>--mount</c>'s fields as the text that <c>--volume</c> or <c>--tmpfs</c> would have.</summary>
    public static (string? Volume, string? Tmpfs) FromFields(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string? type = null, source = null, target = null, size = null, mode = null;
        var readOnly = false;
        foreach (var field in text.Split(','))
        {
            var (key, value) = field.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals ? (field[..equals], field[(equals + 1)..]) : (field, "true");
            switch (key)
            {
                case "type": type = value; break;
                case "source" or "src": source = value; break;
                case "target" or "dst" or "destination": target = value; break;
                case "readonly" or "ro": readOnly = value is "true" or "1"; break;
                case "tmpfs-size": size = value; break;
                case "tmpfs-mode": mode = value; break;
                case "bind-propagation" or "consistency": break;
                default: throw Invalid("--mount", text, $"it knows no field '{key}'");
            }
        }

        return (type, source, target) switch
        {
            ("bind", not null, not null) => ($"{Path.GetFullPath(source)}:{target}{(readOnly ? ":ro" : "")}", null),
            ("tmpfs", null, not null) => (null, string.Join(':', new[] { target, string.Join(',', new[] { size is null ? null : $"size={size}", mode is null ? null : $"mode={mode}", readOnly ? "ro" : null }.OfType<string>()) }.Where(part => part.Length > 0))),
            ("bind", _, _) => throw Invalid("--mount", text, "a bind needs source and target"),
            ("tmpfs", _, _) => throw Invalid("--mount", text, "a tmpfs needs a target and has no source"),
            (null or "volume", _, _) => throw NoVolumes(text),
            _ => throw Invalid("--mount", text, "its type is bind or tmpfs"),
        };
    }

    private static BindMount Bind(string text)
    {
        if (text.Split(':') is not [var source, var target, ..] parts || parts.Length > 3)
        {
            throw text.StartsWith('/') ? NoVolumes(text) : Invalid("--volume", text, "write it as SOURCE:TARGET[:ro]");
        }

        if (!source.StartsWith('/') && !source.StartsWith('.'))
        {
            throw NoVolumes(text);
        }

        var readOnly = false;
        foreach (var option in parts.Length == 3 ? parts[2].Split(',') : [])
        {
            readOnly = option switch
            {
                "ro" => true,
                "rw" or "z" or "Z" or "rprivate" or "private" or "rslave" or "slave" or "cached" or "delegated" or "consistent" => readOnly,
                _ => throw Invalid("--volume", text, $"it knows no option '{option}'"),
            };
        }

        return new BindMount(Path.GetFullPath(source), target, readOnly);
    }

    private static TmpfsMount Tmpfs(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var mount = new TmpfsMount(colon < 0 ? text : text[..colon]);
        foreach (var option in colon < 0 ? [] : text[(colon + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            mount = option.Split('=') switch
            {
                ["size", var size] => mount with { SizeBytes = ByteSizes.Parse(size) },
                ["mode", var mode] => mount with { Mode = Octal(mode, text) },
                ["ro"] => mount with { ReadOnly = true },
                ["rw" or "exec" or "noexec" or "nosuid" or "suid" or "nodev" or "dev"] => mount,
                _ => throw Invalid("--tmpfs", text, $"it knows no option '{option}'"),
            };
        }

        return mount;
    }

    private static int Octal(string text, string all)
    {
        try
        {
            return Convert.ToInt32(text, 8) & 0xfff;
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw Invalid("--tmpfs", all, string.Create(CultureInfo.InvariantCulture, $"'{text}' is no mode"));
        }
    }

    private static BuilderException NoVolumes(string text) =>
        new(EngineErrors.InvalidContainerOption, $"'{text}' asks for a volume, and there are none", "name a folder of this machine, as in /some/folder:/target");

    private static BuilderException Invalid(string option, string text, string why) => new(EngineErrors.InvalidContainerOption, $"{option} {text}: {why}");
}
