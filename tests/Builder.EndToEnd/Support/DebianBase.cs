using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;

[assembly: AssemblyFixture(typeof(Builder.EndToEnd.Support.DebianBase))]

namespace Builder.EndToEnd.Support;

/// <summary>
/// A real Debian root file system with make, a small C compiler and Python, made once with mmdebstrap and pushed to a real
/// registry server, with /app as its working directory. The image's documents are written by hand here, so that nothing of Builder vouches for itself.
/// </summary>
public sealed class DebianBase : IAsyncDisposable
{
    private readonly SemaphoreSlim once = new(1, 1);
    private readonly TestFolder folder = new();
    private RegistryServer? registry;
    private string? unavailable;

    /// <summary>A reference such as <c>127.0.0.1:5000/debian:base</c>.</summary>
    public async Task<string> ReferenceAsync()
    {
        await once.WaitAsync();
        try
        {
            if (unavailable is not null)
            {
                Assert.Skip(unavailable);
            }

            if (registry is null)
            {
                await MakeAsync();
            }

            return $"{registry!.Host}/debian:base";
        }
        finally
        {
            once.Release();
        }
    }

    /// <summary>The registry that serves it.</summary>
    public async Task<string> RegistryAsync()
    {
        await ReferenceAsync();
        return registry!.Host;
    }

    /// <summary>The same image as a docker archive on disk.</summary>
    public async Task<string> ArchiveAsync()
    {
        await ReferenceAsync();
        return folder.PathOf("base.tar");
    }

    public async ValueTask DisposeAsync()
    {
        if (registry is not null)
        {
            await registry.DisposeAsync();
        }

        folder.Dispose();
        once.Dispose();
    }

    private async Task MakeAsync()
    {
        Tool.RequireRoot();
        Tool.Require("mmdebstrap", "skopeo", "docker-registry");
        var rootfs = folder.PathOf("rootfs.tar");
        var made = await Tool.RunAsync(
            "mmdebstrap",
            ["--variant=minbase", "--include=make,python-is-python3,python3-minimal,tcc,libc6-dev", "bookworm", rootfs],
            new ToolOptions { Timeout = TimeSpan.FromMinutes(10) });
        if (made.ExitCode != 0)
        {
            unavailable = "mmdebstrap could not make a Debian root file system (is a package mirror reachable?): " + made.Error.Trim().Split('\n')[^1];
            Assert.Skip(unavailable);
        }

        WriteDockerArchive(rootfs, folder.PathOf("base.tar"));
        var server = await RegistryServer.StartAsync();
        (await Tool.RunAsync("skopeo", "copy", "-q", "--insecure-policy", "--dest-tls-verify=false", $"docker-archive:{folder.PathOf("base.tar")}", $"docker://{server.Host}/debian:base")).ExpectSuccess();
        registry = server;
    }

    private static void WriteDockerArchive(string rootfs, string archive)
    {
        string diffId;
        using (var layer = File.OpenRead(rootfs))
        {
            diffId = Convert.ToHexStringLower(SHA256.HashData(layer));
        }

        var config = $$"""{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Cmd":["bash"],"WorkingDir":"/app"},"rootfs":{"type":"layers","diff_ids":["sha256:{{diffId}}"]},"history":[{"created_by":"mmdebstrap"}]}""";
        var manifest = """[{"Config":"config.json","RepoTags":["debian:base"],"Layers":["layer.tar"]}]""";
        using var writer = new TarWriter(File.Create(archive));
        writer.WriteEntry(Text("config.json", config));
        writer.WriteEntry(Text("manifest.json", manifest));
        using var content = File.OpenRead(rootfs);
        writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "layer.tar") { DataStream = content });
    }

    private static UstarTarEntry Text(string name, string content) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };
}
