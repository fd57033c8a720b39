using System.Text;
using Builder.Diagnostics;
using Builder.Linux.Isolation;

namespace Builder.Containers.Tests;

/// <summary>What users write about privileges, and what becomes of it.</summary>
public sealed class SettingsTests
{
    private static readonly CapabilitySet NetAdmin = CapabilitySet.FromName("NET_ADMIN")!.Value;
    private static readonly CapabilitySet Chown = CapabilitySet.FromName("CHOWN")!.Value;

    [Fact]
    public void Capabilities_are_dropped_before_they_are_added()
    {
        Assert.Equal(CapabilitySet.Default | NetAdmin, CapabilityChanges.Parse(["net_admin"], []).Of(CapabilitySet.Default));
        Assert.Equal(CapabilitySet.Default - Chown, CapabilityChanges.Parse([], ["CAP_CHOWN"]).Of(CapabilitySet.Default));
        Assert.Equal(NetAdmin | Chown, CapabilityChanges.Parse(["NET_ADMIN,CHOWN"], ["all"]).Of(CapabilitySet.Default));
        Assert.Equal(CapabilitySet.All, CapabilityChanges.Parse(["ALL"], ["CHOWN"]).Of(CapabilitySet.Default));
    }

    [Fact]
    public void Only_capabilities_by_name_are_required()
    {
        Assert.Equal(NetAdmin, CapabilityChanges.Parse(["ALL", "NET_ADMIN"], []).Required);
    }

    [Theory]
    [InlineData("NO_SUCH")]
    [InlineData("")]
    public void An_unknown_capability_is_refused(string name)
    {
        Assert.Equal(ContainersErrors.InvalidSecurityOption, Assert.Throws<BuilderException>(() => CapabilityChanges.Parse([name], [])).Code);
    }

    [Fact]
    public void Security_options_say_what_docker_has_them_say()
    {
        var options = SecurityOptions.Parse(["no-new-privileges", "seccomp:unconfined", "label=type:spc_t", "label=level:s0:c1,c2", "apparmor=mine", "systempaths=unconfined"], _ => []);

        Assert.True(options.NoNewPrivileges);
        Assert.True(options.Seccomp.IsUnconfined);
        Assert.Equal(new SecurityLabels("mine", "system_u:system_r:spc_t:s0:c1,c2"), options.Labels);
        Assert.False(options.HidesSystemPaths);
        Assert.Null(SecurityOptions.Parse(["label=type:spc_t", "label=disable"], _ => []).Labels.Selinux);
    }

    [Fact]
    public void A_profile_is_read_and_checked()
    {
        Assert.Equal("policy.json", Assert.Throws<FileNotFoundException>(() => SecurityOptions.Parse(["seccomp=policy.json"], name => throw new FileNotFoundException(name))).Message);
        Assert.False(SecurityOptions.Parse(["seccomp=x"], _ => Encoding.UTF8.GetBytes("""{ "defaultAction": "SCMP_ACT_ALLOW" }""")).Seccomp.IsUnconfined);
    }

    [Theory]
    [InlineData("seccomp=")]
    [InlineData("label=nonsense:x")]
    [InlineData("label=type")]
    [InlineData("no-new-privileges=perhaps")]
    [InlineData("unknown")]
    public void An_unknown_option_is_refused(string option)
    {
        Assert.Equal(ContainersErrors.InvalidSecurityOption, Assert.Throws<BuilderException>(() => SecurityOptions.Parse([option], _ => [])).Code);
    }

    [Fact]
    public void Settings_become_the_spec_and_insecure_steps_have_no_walls_at_all()
    {
        var settings = new IsolationSettings { Capabilities = CapabilityChanges.Parse(["NET_ADMIN"], ["CHOWN"]), SharedMemorySize = 5, TimeLimit = TimeSpan.FromSeconds(3) };

        var spec = settings.ApplyTo(new ContainerSpec { Argv = ["x"], Root = new DirectoryRoot("/x") });

        Assert.Equal((CapabilitySet.Default | NetAdmin) - Chown, spec.Capabilities);
        Assert.Equal((NetAdmin, 5L, TimeSpan.FromSeconds(3)), (spec.RequiredCapabilities, spec.SharedMemorySize, spec.TimeLimit));
        Assert.True(spec.WithoutConfinement().Seccomp.IsUnconfined);
    }
}
