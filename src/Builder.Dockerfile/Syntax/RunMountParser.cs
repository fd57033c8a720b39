using System.Globalization;
using Builder.Diagnostics;
using Builder.Dockerfile.Grammar;

namespace Builder.Dockerfile.Syntax;

/// <summary>Turns <c>RUN --mount</c> into a <see cref="RunMount"/> when its stage is built and variables have values.</summary>
public sealed class RunMountParser
{
    private static readonly string[] Keys =
    [
        "type", "from", "source", "src", "target", "dst", "destination", "readonly", "ro", "readwrite", "rw", "id",
        "sharing", "required", "size", "mode", "uid", "gid", "env",
    ];

    private static readonly string[] Types = ["bind", "cache", "tmpfs", "secret", "ssh"];

    private readonly SourceSpan span;
    private string type = "bind";
    private string? from;
    private string? source;
    private string? target;
    private string? id;
    private string? env;
    private bool? readOnly;
    private bool required;
    private long? size;
    private CacheSharing? sharing;
    private uint? mode;
    private uint? uid;
    private uint? gid;

    private RunMountParser(SourceSpan span) => this.span = span;

    /// <summary>
    /// Expands each value but that of <c>from</c>, which had to be known before any stage was built, and checks the options against the type of the mount.
    /// </summary>
    /// <param name="expand">Called for each value, once, in the order they were written.</param>
    /// <exception cref="DockerfileException">An option is unknown, out of place, or has a value it cannot have.</exception>
    public static RunMount Parse(MountFlag flag, Func<Word, string> expand)
    {
        ArgumentNullException.ThrowIfNull(flag);
        ArgumentNullException.ThrowIfNull(expand);
        var parser = new RunMountParser(flag.Span);
        foreach (var option in flag.Fields)
        {
            parser.Read(option, expand);
        }

        return parser.Finish();
    }

    private void Read(MountField option, Func<Word, string> expand)
    {
        if (option.Value is null)
        {
            ReadSwitch(option);
        }
        else
        {
            ReadOption(option, option.Key == "from" ? option.Value : expand(new Word(option.Value, option.Span)));
        }
    }

    private void ReadSwitch(MountField option)
    {
        switch (option.Key)
        {
            case "readonly" or "ro":
                readOnly = true;
                break;
            case "readwrite" or "rw":
                readOnly = false;
                break;
            case "required":
                RequireType(option, "secret", "ssh");
                required = true;
                break;
            default:
                throw Error($"invalid field '{option.Key}' must be a key=value pair", option);
        }
    }

    private void ReadOption(MountField option, string value)
    {
        switch (option.Key)
        {
            case "type":
                type = value.ToLowerInvariant();
                if (!Types.Contains(type))
                {
                    throw Error($"unsupported mount type \"{value}\"{DidYouMean(value, Types)}", option);
                }

                break;
            case "from":
                from = value;
                break;
            case "source" or "src":
                source = value;
                break;
            case "target" or "dst" or "destination":
                target = value;
                break;
            case "id":
                id = value;
                break;
            case "env":
                env = value;
                break;
            case "readonly" or "ro":
                readOnly = Boolean(option, value);
                break;
            case "readwrite" or "rw":
                readOnly = !Boolean(option, value);
                break;
            case "required":
                RequireType(option, "secret", "ssh");
                required = Boolean(option, value);
                break;
            case "size":
                RequireType(option, "tmpfs");
                size = GoValues.TryParseSize(value, out var bytes) ? bytes : throw Error($"invalid value for size: {value}", option);
                break;
            case "sharing":
                sharing = Sharing(option, value);
                break;
            case "mode":
                mode = Number(option, value, 8);
                break;
            case "uid":
                uid = Number(option, value, 10);
                break;
            case "gid":
                gid = Number(option, value, 10);
                break;
            default:
                throw Error($"unexpected key '{option.Key}' in '{option.Key}={value}'{DidYouMean(option.Key, Keys)}", option);
        }
    }

    private RunMount Finish()
    {
        if (type is "bind" or "tmpfs" && (mode ?? uid ?? gid) is not null)
        {
            throw Error($"{(mode is not null ? "mode" : uid is not null ? "uid" : "gid")} not allowed for \"{type}\" type mounts");
        }

        if (sharing is not null && type != "cache")
        {
            throw Error(type == "secret" ? "secret mount should not define sharing" : $"invalid cache sharing set for {type} mount");
        }

        return type switch
        {
            "cache" => new CacheMount(target, id, from, source, readOnly ?? false, sharing ?? CacheSharing.Shared, mode, uid, gid, span),
            "tmpfs" => new TmpfsMount(target, size, readOnly ?? false, span),
            "secret" => Secret(),
            "ssh" when source is not null => throw Error("ssh does not support source"),
            "ssh" => new SshMount(target, id ?? "default", required, mode, uid, gid, span),
            _ => new BindMount(target, from, source, readOnly ?? true, span),
        };
    }

    private SecretMount Secret()
    {
        if (from is not null)
        {
            throw Error("secret mount should not have a from");
        }

        if (source is not null && id is not null)
        {
            throw Error("both source and id can't be set");
        }

        var name = source ?? id ?? target?[(target.LastIndexOf('/') + 1)..];
        return string.IsNullOrEmpty(name)
            ? throw Error("invalid secret mount. one of source, target required")
            : new SecretMount(target, name, env, required, mode, uid, gid, span);
    }

    private void RequireType(MountField option, params ReadOnlySpan<string> types)
    {
        if (!types.Contains(type))
        {
            throw Error($"unexpected key '{option.Key}' for mount type '{type}'", option, "type= comes before the options that depend on it");
        }
    }

    private static bool Boolean(MountField option, string value) =>
        GoValues.TryParseBoolean(value, out var result) ? result : throw Error($"invalid value for {option.Key}: {value}", option);

    private static CacheSharing Sharing(MountField option, string value) => value.ToLowerInvariant() switch
    {
        "shared" => CacheSharing.Shared,
        "private" => CacheSharing.Private,
        "locked" => CacheSharing.Locked,
        _ => throw Error($"unsupported sharing value \"{value}\"{DidYouMean(value, ["shared", "private", "locked"])}", option),
    };

    private static uint Number(MountField option, string value, uint radix)
    {
        ulong number = 0;
        foreach (var c in value)
        {
            var digit = (uint)(c - '0');
            number = (number * radix) + digit;
            if (digit >= radix || number > uint.MaxValue)
            {
                throw Error($"invalid value {value} for {option.Key}", option);
            }
        }

        return value.Length > 0 ? (uint)number : throw Error($"invalid value {value} for {option.Key}", option);
    }

    private static string DidYouMean(string word, IEnumerable<string> candidates) =>
        Suggestions.Nearest(word, candidates) is { } near ? $" (did you mean {near}?)" : string.Empty;

    private DockerfileException Error(string message) => new(DockerfileErrors.InvalidMount, message, span: span);

    private static DockerfileException Error(string message, MountField option, string? hint = null) =>
        new(DockerfileErrors.InvalidMount, message, hint, option.Span);
}
