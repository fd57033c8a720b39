using Builder.Diagnostics;
using Builder.Engine.Devices;
using Builder.Engine.Options;
using Builder.Engine.Secrets;
using Builder.Engine.Ssh;
using Builder.Testing;

namespace Builder.Engine.Tests.Mounts;

/// <summary>Options of the command line that say what mounts find.</summary>
public sealed class OptionTests
{
    [Theory]
    [InlineData("id=a,src=f", "a", "f", null)]
    [InlineData("id=a,source=f", "a", "f", null)]
    [InlineData("id=a,env=V", "a", null, "V")]
    [InlineData("type=env,id=a,src=V", "a", null, "V")]
    [InlineData("type=env,id=SET", "SET", null, "SET")]
    [InlineData("type=file,id=SET", "SET", "SET", null)]
    [InlineData("id=SET", "SET", null, "SET")]
    [InlineData("id=unset", "unset", "unset", null)]
    [InlineData("ID=a,\"src=with,comma\"", "a", "with,comma", null)]
    public void A_secret_is_read_as_docker_reads_it(string text, string id, string? file, string? variable) =>
        Assert.Equal(new SecretSpec(id, file, variable), SecretSpec.Parse(text, name => name == "SET"));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("src=f")]
    [InlineData("id=,src=f")]
    [InlineData("id=a,type=vault")]
    [InlineData("id=a,src=f,env=V")]
    [InlineData("id=a,sauce=f")]
    public void What_is_no_secret_is_refused(string text) =>
        Assert.Equal(EngineErrors.InvalidSecret, Assert.Throws<BuilderException>(() => SecretSpec.Parse(text, _ => false)).Code);

    [Fact]
    public void Entitlements_are_words()
    {
        var all = Entitlements.Parse(["network.host,security.insecure", "device=a", "device=b"]);
        Assert.True(all.NetworkHost && all.Insecure && all.MayHave("a") && all.MayHave("b") && !all.MayHave("c"));
        Assert.True(Entitlements.Parse(["device"]).MayHave("anything"));
        Assert.False(Entitlements.None.MayHave("a"));
        Assert.Equal(EngineErrors.InvalidEntitlement, Assert.Throws<BuilderException>(() => Entitlements.Parse(["network"])).Code);
    }

    [Theory]
    [InlineData("acme.com/gpu=0", "acme.com/gpu=0", false)]
    [InlineData("acme.com/gpu=0,required", "acme.com/gpu=0", true)]
    [InlineData("name=acme.com/gpu=0,required=true", "acme.com/gpu=0", true)]
    [InlineData("acme.com/gpu,required=false", "acme.com/gpu", false)]
    public void A_device_is_read(string text, string name, bool isRequired) =>
        Assert.Equal(new DeviceRequest(name, isRequired), DeviceRequest.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("required")]
    [InlineData("a,b")]
    public void What_is_no_device_is_refused(string text) =>
        Assert.Equal(EngineErrors.DeviceMissing, Assert.Throws<BuilderException>(() => DeviceRequest.Parse(text)).Code);

    [Fact]
    public void A_device_file_says_what_a_container_gets()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "acme.json"), """
            {
              "cdiVersion": "0.6.0", "kind": "acme.com/gpu",
              "containerEdits": { "env": ["ALL=1"] },
              "devices": [
                { "name": "0", "containerEdits": { "deviceNodes": [{ "path": "/dev/acme/0", "hostPath": "/dev/null" }], "mounts": [{ "hostPath": "/usr/lib/acme", "containerPath": "/acme" }] } },
                { "name": "hooked", "containerEdits": { "hooks": [{ "hookName": "createContainer", "path": "/bin/hook" }] } }
              ]
            }
            """);
        var devices = new HostDevices([folder.Path], new Entitlements { Devices = ["acme.com/gpu=0"] });
        var edits = devices.Resolve(["acme.com/gpu=0"]);
        Assert.Equal([new Builder.Containers.ContainerDevice("/dev/null", "acme/0")], edits.Nodes);
        Assert.Equal(["ALL=1"], edits.Variables);
        Assert.Equal([new Builder.Containers.BindMount("/usr/lib/acme", "/acme", ReadOnly: true)], edits.Mounts);
        Assert.Empty(devices.Resolve(["acme.com/gpu=7"]).Nodes);
        Assert.Equal(EngineErrors.DeviceMissing, Assert.Throws<BuilderException>(() => devices.Resolve(["acme.com/gpu=7,required"])).Code);
        Assert.Contains("/bin/hook", Assert.Throws<BuilderException>(() => devices.Resolve(["acme.com/gpu=hooked"])).Message, StringComparison.Ordinal);
        Assert.Equal(EngineErrors.NotAllowed, Assert.Throws<BuilderException>(() => new HostDevices([folder.Path], Entitlements.None).Resolve(["acme.com/gpu=0"])).Code);
    }

    [Theory]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n", "has a passphrase")]
    [InlineData("-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "has a passphrase")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHI=\n-----END OPENSSH PRIVATE KEY-----\n", "has a passphrase")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU=\n-----END OPENSSH PRIVATE KEY-----\n", null)]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\n", null)]
    [InlineData("ssh-ed25519 AAAA", "is no private key")]
    public void A_key_that_would_ask_somebody_is_known(string text, string? problem) =>
        Assert.Equal(problem, PrivateKeyFile.Problem(text)?.What);

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 1, 11 }, true)]
    [InlineData(new byte[] { 0, 0, 0, 2, 13, 0 }, true)]
    [InlineData(new byte[] { 0, 0, 0, 1, 19 }, false)]
    [InlineData(new byte[] { 0, 0, 0, 1, 17 }, false)]
    [InlineData(new byte[] { 0, 0, 0, 1, 27 }, false)]
    [InlineData(new byte[] { 0, 0, 0, 0 }, false)]
    public void A_step_may_list_and_sign(byte[] message, bool allowed) => Assert.Equal(allowed, AgentMessages.IsAllowed(message));
}
