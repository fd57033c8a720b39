using System.Text.Json.Serialization;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Operations;

/// <summary>A mount of a <see cref="RunOperation"/>: absolute paths, sources as inputs of the vertex. A closed hierarchy.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(StepBindMount), "bind")]
[JsonDerivedType(typeof(StepCacheMount), "cache")]
[JsonDerivedType(typeof(StepTmpfsMount), "tmpfs")]
[JsonDerivedType(typeof(StepSecretMount), "secret")]
[JsonDerivedType(typeof(StepSshMount), "ssh")]
public abstract record StepMount
{
    private protected StepMount()
    {
    }

    [JsonIgnore]
    public abstract string Kind { get; }

    /// <summary>Where it appears: absolute and clean; null for a secret that is only an environment variable.</summary>
    [JsonIgnore]
    public abstract string? Place { get; }

    /// <summary>Which input of the vertex its content comes from; at least 1.</summary>
    [JsonIgnore]
    public virtual int? Input => null;

    internal abstract void Describe(KeyWriter key);
}

/// <summary>A directory or file of another input. What is written to it, when it may be, is thrown away after the step.</summary>
/// <param name="Source">Absolute and clean in the input; links in it are followed.</param>
public sealed record StepBindMount(string Target, int From, string Source, bool ReadOnly) : StepMount
{
    public override string Kind => "bind";

    public override string? Place => Target;

    public override int? Input => From;

    internal override void Describe(KeyWriter key)
    {
        key.Add("mount target", Target);
        key.Add("mount input", From);
        key.Add("mount source", Source);
        key.Add("mount read only", ReadOnly);
    }
}

/// <summary>
/// A directory that outlives the build. It is known by id, by what it starts from, and by owner and mode where they are
/// given; none of this and nothing in it is part of a key.
/// </summary>
/// <param name="Id">The user's id with the namespace of the build in front, if it has one.</param>
/// <param name="From">The input that a new directory is filled from; null for an empty one.</param>
/// <param name="Source">Absolute and clean in that input.</param>
public sealed record StepCacheMount(string Target, string Id, int? From, string? Source, bool ReadOnly, CacheSharing Sharing) : StepMount
{
    /// <summary>Permission bits; permission bits of a new directory; null for 0755.</summary>
    public uint? Mode { get; init; }

    public uint? Uid { get; init; }

    public uint? Gid { get; init; }

    public override string Kind => "cache";

    public override string? Place => Target;

    public override int? Input => From;

    internal override void Describe(KeyWriter key)
    {
        key.Add("mount target", Target);
        key.Add("mount input", From);
        key.Add("mount source", Source);
        key.Add("mount read only", ReadOnly);
    }
}

/// <summary>An empty directory in memory.</summary>
/// <param name="Size">Its limit in bytes; null for none.</param>
public sealed record StepTmpfsMount(string Target, long? Size, bool ReadOnly) : StepMount
{
    public override string Kind => "tmpfs";

    public override string? Place => Target;

    internal override void Describe(KeyWriter key)
    {
        key.Add("mount target", Target);
        key.Add("mount size", Size);
        key.Add("mount read only", ReadOnly);
    }
}

/// <summary>A secret as a file, as an environment variable, or both. Its value is in no key.</summary>
public sealed record StepSecretMount(string? Target, string? Variable, string Id, bool Required) : StepMount
{
    /// <summary>Permission bits; null for 0400.</summary>
    public uint? Mode { get; init; }

    public uint? Uid { get; init; }

    public uint? Gid { get; init; }

    public override string Kind => "secret";

    public override string? Place => Target;

    internal override void Describe(KeyWriter key)
    {
        key.Add("mount target", Target);
        key.Add("mount variable", Variable);
        key.Add("mount id", Id);
        key.Add("mount required", Required);
        key.Add("mount mode", Mode);
        key.Add("mount uid", Uid);
        key.Add("mount gid", Gid);
    }
}

/// <summary>The socket of an SSH agent; SSH_AUTH_SOCK is in the environment of the step already.</summary>
public sealed record StepSshMount(string Target, string Id, bool Required) : StepMount
{
    /// <summary>Permission bits; null for 0600.</summary>
    public uint? Mode { get; init; }

    public uint? Uid { get; init; }

    public uint? Gid { get; init; }

    public override string Kind => "ssh";

    public override string? Place => Target;

    internal override void Describe(KeyWriter key)
    {
        key.Add("mount target", Target);
        key.Add("mount id", Id);
        key.Add("mount required", Required);
        key.Add("mount mode", Mode);
        key.Add("mount uid", Uid);
        key.Add("mount gid", Gid);
    }
}
