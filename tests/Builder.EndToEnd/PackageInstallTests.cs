using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>
/// A package manager in a step: maintainer scripts that change users, many small files, setuid programs, a locale whose files
/// are hard links of one another.
/// </summary>
public sealed class PackageInstallTests(DebianBase debian)
{
    private const string Dockerfile = """
        FROM <base>
        COPY apt /etc/apt
        RUN apt-get update && apt-get install -y --no-install-recommends sudo locales adduser \
         && localedef --no-archive -i en_US -f UTF-8 en_US.UTF-8 \
         && localedef --no-archive -i en_GB -f UTF-8 en_GB.UTF-8 \
         && adduser --system --group builder-test \
         && rm -rf /var/lib/apt/lists/*
        USER builder-test
        RUN id -un > /tmp/me
        CMD stat -c '%a %U' /usr/bin/sudo && cat /tmp/me && find /usr/lib/locale -type f -links +1 | wc -l && dpkg -s sudo | grep ^Status
        """;

    [Theory]
    [InlineData(Caller.Root, "host")]
    [InlineData(Caller.Root, "private")]
    [InlineData(Caller.User, "host")]
    public async Task Apt_installs_packages(Caller caller, string userNamespace)
    {
        using var builder = new BuilderProgram(Flavour.Native, caller);
        var context = builder.Files.Folder("context");
        builder.Files.Write("context/Dockerfile", Dockerfile.Replace("<base>", await debian.ReferenceAsync(), StringComparison.Ordinal));

        // The machine's own configuration says where packages come from here.
        (await Tool.RunAsync("cp", "-rL", "/etc/apt", Path.Combine(context, "apt"))).ExpectSuccess();
        (await Tool.RunAsync("chmod", "-R", "a+rX", context)).ExpectSuccess();
        var built = await builder.RunAsync("build", "-t", "packages", "--userns", userNamespace, context);
        if (built.ExitCode != 0 && (built.Error.Contains("Unable to fetch", StringComparison.Ordinal) || built.Error.Contains("Failed to fetch", StringComparison.Ordinal)
            || built.Error.Contains("Unable to locate package", StringComparison.Ordinal)))
        {
            Assert.Skip("no package mirror is reachable");
        }

        built.ExpectSuccess();
        var run = (await builder.RunAsync("run", "packages")).ExpectSuccess();
        var lines = run.Output.Trim().Split('\n');
        Assert.Equal("4755 root", lines[0]);
        Assert.Equal("builder-test", lines[1]);
        Assert.True(int.Parse(lines[2]) > 0, "the locales have no hard links left");
        Assert.Equal("Status: install ok installed", lines[3]);

        if (caller == Caller.Root && userNamespace == "host" && Tool.Exists("umoci") && Tool.Exists("skopeo"))
        {
            await AssertOthersUnpackTheSameAsync(builder);
        }
    }

    private static async Task AssertOthersUnpackTheSameAsync(BuilderProgram builder)
    {
        var archive = builder.Files.PathOf("packages.tar");
        var layout = builder.Files.PathOf("layout");
        var bundle = builder.Files.PathOf("bundle");
        (await builder.RunAsync("save", "-o", archive, "packages")).ExpectSuccess();
        (await Tool.RunAsync("skopeo", "copy", "-q", "--insecure-policy", $"oci-archive:{archive}", $"oci:{layout}:packages")).ExpectSuccess();
        (await Tool.RunAsync("umoci", "unpack", "--image", $"{layout}:packages", bundle)).ExpectSuccess();
        var rootfs = Path.Combine(bundle, "rootfs");
        Assert.Equal("4755", (await Tool.RunAsync("stat", "-c", "%a", Path.Combine(rootfs, "usr/bin/sudo"))).Output.Trim());
        Assert.NotEqual("0", (await Tool.RunAsync("sh", "-c", $"find {rootfs}/usr/lib/locale -type f -links +1 | wc -l")).Output.Trim());
    }
}
