using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>What steps may have beyond a container, and only with <c>--allow</c>.</summary>
public sealed class EntitlementTests
{
    [Theory]
    [InlineData("--network=host", "network.host", "network.host is not allowed")]
    [InlineData("--security=insecure", "security.insecure", "security.insecure is not allowed")]
    [InlineData("--device=/dev/full", "device=/dev/full", "device /dev/full is not allowed")]
    public async Task Asking_is_not_enough(string flag, string entitlement, string message)
    {
        using var scene = new BuildScene();
        var dockerfile = $"FROM base\nRUN echo before > /before\nRUN {flag} echo done\n";
        var refused = (await scene.BuildAsync(dockerfile)).Expect(1);
        Assert.Contains("Dockerfile:3:1: error BLD1013: " + message, refused.Error, StringComparison.Ordinal);
        Assert.Contains("hint: if you trust this Dockerfile, build with --allow " + entitlement, refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(" done\n", (await scene.BuildAsync(dockerfile, "--allow", "device=/dev/other")).Expect(1).Error.Replace("echo done\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        (await scene.BuildAsync(dockerfile, "--allow", entitlement)).ExpectSuccess();
    }

    [Fact]
    public async Task The_hosts_network_on_the_command_line_is_allowed_by_that()
    {
        using var scene = new BuildScene();
        (await scene.BuildAsync("FROM base\nRUN true\n", "--network", "host")).ExpectSuccess();
        Assert.Contains("error BLD2064", (await scene.BuildAsync("FROM base\n", "--allow", "everything")).Expect(2).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Caller.Root)]
    [InlineData(Caller.User)]
    public async Task An_insecure_step_may_mount_and_has_every_capability_whoever_it_is(Caller caller)
    {
        using var scene = new BuildScene(caller);
        var built = (await scene.BuildAsync("""
            FROM base
            RUN --security=insecure mount -t tmpfs none /tmp && grep Seccomp: /proc/self/status && ! grep ' /proc/sys proc ro' /proc/mounts
            USER ann
            RUN --security=insecure grep -E 'Cap(Eff|Amb|Inh)' /proc/self/status && test "$(id -u)" = 1000
            RUN test "$(grep CapEff /proc/self/status)" = "$(printf 'CapEff:\t0000000000000000')"
            """.Replace("printf", "busybox printf", StringComparison.Ordinal), "--allow", "security.insecure")).ExpectSuccess();
        Assert.Contains("Seccomp:\t0", built.Error, StringComparison.Ordinal);
        var sets = built.Error.Split('\n').Where(line => line.Contains(" Cap", StringComparison.Ordinal) && line.Contains('\t', StringComparison.Ordinal)).Select(line => line.Split('\t')[1]).Distinct();
        Assert.NotEqual("00000000a80425fb", Assert.Single(sets));
    }

    [Fact]
    public async Task A_device_that_is_not_there_matters_only_when_it_is_required()
    {
        using var scene = new BuildScene();
        (await scene.BuildAsync("FROM base\nRUN --device=acme.com/gpu=0 true\n")).ExpectSuccess();
        var built = (await scene.BuildAsync("FROM base\nRUN --device=acme.com/gpu=0,required true\n", "--allow", "device")).Expect(1);
        Assert.Contains("Dockerfile:2:1: error BLD1015: device acme.com/gpu=0 is not on this machine", built.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shared_memory_and_limits_are_what_the_command_line_says()
    {
        using var scene = new BuildScene();
        (await scene.BuildAsync(
            "FROM base\nRUN grep /dev/shm /proc/mounts | grep size=2048k && test $(ulimit -n) = 100 && test $(ulimit -Hn) = 200\n",
            "--shm-size", "2m", "--ulimit", "nofile=100:200")).ExpectSuccess();
        Assert.Contains("error BLD2061", (await scene.BuildAsync("FROM base\n", "--ulimit", "files=1")).Expect(2).Error, StringComparison.Ordinal);
        Assert.Contains("error BLD2001", (await scene.BuildAsync("FROM base\n", "--shm-size", "much")).Expect(2).Error, StringComparison.Ordinal);
    }
}
