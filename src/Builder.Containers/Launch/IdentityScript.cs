using Builder.Diagnostics;
using Builder.Linux;
using Builder.Linux.Isolation;
using Builder.Linux.Script;

namespace Builder.Containers.Launch;

/// <summary>Becomes the user of the step, with the capabilities and the filter of the step and no more.</summary>
internal static class IdentityScript
{
    /// <param name="parentAlive">See <see cref="SyscallScript.DieWithParent"/>; null when that comes later.</param>
    public static void Assume(SyscallScript script, ContainerSpec spec, HostFeatures host, ScriptValue? parentAlive, FailureExplanations explanations)
    {
        CheckMapped(spec.User, host);
        var granted = Granted(spec, host);
        script.LimitBoundingSet(granted);

        // Without no_new_privs a filter needs CAP_SYS_ADMIN, so it comes before the capabilities go and all that
        // follows runs under it; with no_new_privs it comes last.
        if (!spec.Seccomp.IsUnconfined && !spec.NoNewPrivileges)
        {
            var load = script.LoadFilter(spec.Seccomp.Compile(granted));
            explanations.Policy = spec.Seccomp.IsDefault ? null : load;
        }

        // A namespace that an ordinary user made with a single id denies setgroups(2): there is nobody to be.
        if (!host.UserNamespace.HasSingleId)
        {
            script.SetGroups([.. Groups(spec.User, host)]);
        }

        if (spec.IsConfined)
        {
            script.SetUser(spec.User.Uid, spec.User.Gid);
            script.SetCapabilities(spec.User.Uid == 0 ? granted : CapabilitySet.None);
        }
        else
        {
            script.KeepCapabilitiesOverSetUser();
            script.SetUser(spec.User.Uid, spec.User.Gid);
            script.SetCapabilitiesOfAllPrograms(granted);
        }

        if (parentAlive is { } alive)
        {
            script.DieWithParent(alive);
        }

        if (spec.NoNewPrivileges)
        {
            script.ForbidNewPrivileges();
        }

        if (!spec.Seccomp.IsUnconfined && spec.NoNewPrivileges)
        {
            script.LoadFilter(spec.Seccomp.Compile(granted));
        }
    }

    /// <summary>The primary group is among them; none where there is nobody to be.</summary>
    public static IEnumerable<uint> Groups(ResolvedUser user, HostFeatures host) => host.UserNamespace.HasSingleId
        ? []
        : [user.Gid, .. user.Groups.Where(group => group != user.Gid && host.KnowsGroup(group))];

    /// <summary>What the container's root holds.</summary>
    /// <exception cref="BuilderException"><see cref="ContainersErrors.MissingCapability"/>.</exception>
    public static CapabilitySet Granted(ContainerSpec spec, HostFeatures host)
    {
        var missing = spec.RequiredCapabilities - host.Capabilities;
        return missing == CapabilitySet.None ? (spec.Capabilities | spec.RequiredCapabilities) & host.Capabilities : throw new BuilderException(
            ContainersErrors.MissingCapability,
            $"{missing} cannot be given: Builder does not have it",
            "start Builder as root, or in a container that has it (--cap-add)");
    }

    /// <exception cref="BuilderException"><see cref="ContainersErrors.UnmappedId"/>.</exception>
    public static void CheckMapped(ResolvedUser user, HostFeatures host)
    {
        if (!host.KnowsUser(user.Uid))
        {
            throw Unmapped("user", user.Uid, "/etc/subuid");
        }

        if (!host.KnowsGroup(user.Gid))
        {
            throw Unmapped("group", user.Gid, "/etc/subgid");
        }
    }

    private static BuilderException Unmapped(string kind, uint id, string file) => new(
        ContainersErrors.UnmappedId,
        $"{kind} id {id} does not exist in this user namespace",
        $"give yourself more subordinate ids in {file}, or build as root");
}
