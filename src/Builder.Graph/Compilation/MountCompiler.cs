using System.Collections.Immutable;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Graph.Operations;

namespace Builder.Graph.Compilation;

/// <summary>Turns the mounts of a RUN into data: paths absolute, what they come from as inputs of the vertex.</summary>
internal sealed class MountCompiler(CompilationScope scope, StagePlan plan, StageState state, char escape)
{
    private int sockets;

    /// <summary>The mounts, and where each is written, in the order of their targets; of several with one target the last.</summary>
    public IReadOnlyList<(StepMount Mount, SourceSpan Span)> Compile(ImmutableArray<MountFlag> flags, InputList inputs)
    {
        var mounts = flags
            .Select(flag => RunMountParser.Parse(flag, word => scope.Expander.Expand(word, state.Variables, escape)))
            .Select(mount => (Mount: Compile(mount, inputs), mount.Span))
            .ToList();
        return
        [
            .. mounts.Where((one, i) => one.Mount.Place is null || !mounts.Skip(i + 1).Any(later => later.Mount.Place == one.Mount.Place))
                .OrderBy(one => one.Mount.Place ?? "", StringComparer.Ordinal),
        ];
    }

    private StepMount Compile(RunMount mount, InputList inputs) => mount switch
    {
        BindMount bind => new StepBindMount(
            Place(bind.Target, bind.Span), inputs.Add(Source(bind.From) ?? scope.MainContext), GuestPath.Clean(bind.Source ?? "/"), bind.ReadOnly),
        CacheMount cache => Cache(cache, Place(cache.Target, cache.Span), inputs),
        TmpfsMount tmpfs => new StepTmpfsMount(Place(tmpfs.Target, tmpfs.Span), tmpfs.Size, tmpfs.ReadOnly),
        SecretMount secret => new StepSecretMount(
            secret.File is { } file ? Place(file, secret.Span) : null, secret.Env, secret.Id, secret.Required)
        {
            Mode = secret.Mode,
            Uid = secret.Uid,
            Gid = secret.Gid,
        },
        SshMount ssh => new StepSshMount(Place(ssh.Target ?? $"/run/buildkit/ssh_agent.{sockets++}", ssh.Span), ssh.Id, ssh.Required)
        {
            Mode = ssh.Mode,
            Uid = ssh.Uid,
            Gid = ssh.Gid,
        },
        _ => throw new ArgumentException($"no such mount: {mount}", nameof(mount)),
    };

    private StepCacheMount Cache(CacheMount cache, string target, InputList inputs)
    {
        var id = cache.Id is { Length: > 0 } given ? given : DefaultId(cache.Target ?? ".");
        var source = Source(cache.From);
        return new StepCacheMount(
            target, scope.CacheNamespace is { } prefix ? $"{prefix}/{id}" : id,
            source is null ? null : inputs.Add(source), source is null ? null : GuestPath.Clean(cache.Source ?? "/"),
            cache.ReadOnly, cache.Sharing)
        {
            Mode = cache.Mode,
            Uid = cache.Uid,
            Gid = cache.Gid,
        };
    }

    /// <summary>The target as written, cleaned: two steps with one relative target share a cache, whatever their directories are.</summary>
    private static string DefaultId(string target) =>
        target.StartsWith('/') ? GuestPath.Clean(target) : GuestPath.Clean(target)[1..] is { Length: > 0 } relative ? relative : ".";

    private Vertex? Source(string? from) =>
        from is { Length: > 0 } ? scope.SourceOf(plan.References[new StageReference(from, true, escape)]) : null;

    private string Place(string? target, SourceSpan span)
    {
        var place = GuestPath.Join(state.WorkingDirectory, target ?? "");
        return place != "/" ? place : throw new BuilderException(
            GraphErrors.InvalidRun, $"invalid mount target \"{target ?? place}\"", "a mount cannot cover the whole root", span);
    }
}
