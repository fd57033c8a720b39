using System.Text;
using Builder.Diagnostics;
using Builder.Linux.Isolation;
using Builder.Linux.Isolation.Seccomp;

namespace Builder.Containers.Tests;

/// <summary>Privileges as the kernel grants them.</summary>
public sealed class PrivilegeTests : ContainerTest
{
    [Fact]
    public async Task An_added_capability_works_and_a_dropped_one_does_not()
    {
        var netAdmin = new IsolationSettings { Capabilities = CapabilityChanges.Parse(["NET_ADMIN"], ["CHOWN"]) };

        var seen = await OutputOfAsync(
            "ip link set lo mtu 1400 && ip link show lo | head -n 1; touch /f; chown 5 /f 2>/dev/null || echo no chown",
            spec => netAdmin.ApplyTo(spec with { Network = NetworkMode.None }) with { Network = NetworkMode.None });

        Assert.Contains("mtu 1400", seen, StringComparison.Ordinal);
        Assert.EndsWith("no chown\n", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_of_the_users_is_what_the_kernel_applies()
    {
        var profile = SeccompProfile.Parse(Encoding.UTF8.GetBytes("""{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{ "names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28 }] }"""), "policy");

        var outcome = await Outcome.OfAsync(Root.Shell("mkdir /made; hostname other && hostname") with { Seccomp = SeccompPolicy.Of(profile), Capabilities = CapabilitySet.All });

        Assert.Contains("No space left on device", outcome.Stderr, StringComparison.Ordinal);
        Assert.Equal("other\n", outcome.Stdout);
    }

    [Fact]
    public async Task A_profile_that_forbids_what_the_set_up_needs_is_named_in_the_error()
    {
        var profile = SeccompProfile.Parse(Encoding.UTF8.GetBytes("""{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{ "names": ["setresuid"], "action": "SCMP_ACT_ERRNO" }] }"""), "policy");

        var refused = await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(Root.Shell("true") with { Seccomp = SeccompPolicy.Of(profile) }));

        Assert.Contains("setting user 0: EPERM", refused.Message, StringComparison.Ordinal);
        Assert.Contains("seccomp", refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_new_privileges_is_what_the_kernel_says()
    {
        var settings = new IsolationSettings { Security = SecurityOptions.Parse(["no-new-privileges"], _ => []) };

        Assert.Contains("NoNewPrivs:\t1", await OutputOfAsync("cat /proc/self/status", settings.ApplyTo), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apparmor=some-profile", "AppArmor is not active on this machine")]
    [InlineData("label=type:container_t", "SELinux is not active on this machine")]
    public async Task A_label_of_a_module_that_is_not_there_is_refused(string option, string said)
    {
        var modules = SecurityModules.OfThisMachine;
        Assert.SkipWhen(modules.HasAppArmor || modules.HasSelinux, "this machine has a security module");
        var settings = new IsolationSettings { Security = SecurityOptions.Parse([option], _ => []) };

        var refused = await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(settings.ApplyTo(Root.Shell("true"))));

        Assert.Equal(ContainersErrors.SecurityLabel, refused.Code);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }
}
