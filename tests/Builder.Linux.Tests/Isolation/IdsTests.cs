using Builder.Linux.Isolation;

namespace Builder.Linux.Tests.Isolation;

public sealed class IdsTests
{
    [Fact]
    public void Subordinate_ids_are_found_by_name_and_by_number()
    {
        const string File = "other:1:2\nme:100000:65536\nnot a line\nme:x:1\n1000:300000:10\nme:5:0\n";

        Assert.Equal([(100000u, 65536u), (300000u, 10u)], SubordinateIds.Of("me", 1000, File));
        Assert.Empty(SubordinateIds.Of("nobody", 65534, File));
    }

    [Fact]
    public void The_user_is_zero_and_the_lent_ids_follow_without_a_gap()
    {
        Assert.Equal("0 1000 1\n1 100000 65536\n65537 300000 10\n", SubordinateIds.Map(1000, [(100000, 65536), (300000, 10)]).ToString());
    }

    [Fact]
    public void A_map_knows_its_ids()
    {
        var map = SubordinateIds.Map(1000, [(100000, 10)]);

        Assert.True(map.Contains(0));
        Assert.True(map.Contains(10));
        Assert.False(map.Contains(11));
        Assert.Equal(11, map.Count);
    }

    [Fact]
    public void The_first_namespace_of_the_machine_maps_every_id_onto_itself()
    {
        const string Initial = "         0          0 4294967295\n";

        Assert.True(UserNamespace.Read(Initial, Initial).IsInitial);
        Assert.False(UserNamespace.Read(Initial, Initial).HasSingleId);
    }

    [Fact]
    public void A_namespace_of_one_id_is_recognised()
    {
        var single = UserNamespace.Read("         0       1000          1\n", "         0       1000          1\n");

        Assert.True(single.HasSingleId);
        Assert.False(single.IsInitial);
    }

    [Theory]
    [InlineData(Errno.ENOSPC, "/proc/sys/user/max_user_namespaces", "0", "user.max_user_namespaces is 0")]
    [InlineData(Errno.EPERM, "/proc/sys/kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone is 0")]
    [InlineData(Errno.EACCES, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "AppArmor restricts user namespaces")]
    [InlineData(Errno.EPERM, "/proc/self/status", "Name:\tx\nSeccomp:\t2\n", "a seccomp filter forbids it")]
    [InlineData(Errno.ENOSPC, "", "", "the limit on user namespaces is reached")]
    [InlineData(Errno.EINVAL, "", "", "the kernel has no user namespaces")]
    [InlineData(Errno.EPERM, "", "", "EPERM (operation not permitted)")]
    public void A_refusal_names_the_gate_and_its_key(Errno errno, string path, string setting, string reason)
    {
        var exception = UserNamespaceRefusal.Explain(errno, asked => asked == path ? setting : null);

        Assert.Equal(LinuxErrors.UserNamespace, exception.Code);
        Assert.Equal("this user may not make a user namespace: " + reason, exception.Message);
        Assert.NotNull(exception.Hint);
    }

    [Fact]
    public void Capabilities_have_names_and_numbers()
    {
        Assert.Equal(0xa80425fbUL, CapabilitySet.Default.Mask);
        Assert.Equal(CapabilitySet.Default, "CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP".Split(' ').Select(name => CapabilitySet.FromName(name)!.Value).Aggregate((a, b) => a | b));
        Assert.Equal(CapabilitySet.FromName("cap_sys_admin"), CapabilitySet.FromName("SYS_ADMIN"));
        Assert.Null(CapabilitySet.FromName("SYS_NONSENSE"));
        Assert.Equal("CAP_CHOWN CAP_KILL", (CapabilitySet.FromName("KILL")!.Value | CapabilitySet.FromName("CHOWN")!.Value).ToString());
        Assert.False((CapabilitySet.All - CapabilitySet.Default).Contains(CapabilitySet.FromName("MKNOD")!.Value));
        Assert.InRange(CapabilitySet.LastOfKernel, 37, 63);
    }
}
