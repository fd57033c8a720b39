namespace Builder.Containers.Tests;

public sealed class InitLayerTests : IDisposable
{
    private static readonly DateTime Then = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    private readonly string folder;

    public InitLayerTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "stubs belong to root, which only root can arrange");
        folder = Directory.CreateTempSubdirectory("builder-init-").FullName;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_exists_in_any_layer_needs_no_stub()
    {
        var (top, bottom) = (Layer("top", "etc/"), Layer("bottom", "etc/hosts", "proc/"));

        Assert.False(Create([top, bottom], File("/etc/hosts"), Directory_("/proc")));
    }

    [Fact] // R8: the parent keeps its time
    public void A_missing_file_is_made_and_its_directory_keeps_what_the_view_shows()
    {
        var bottom = Layer("bottom", "etc/a/");
        System.IO.File.SetUnixFileMode(Path.Combine(bottom, "etc/a"), (UnixFileMode)0x1c0);
        Directory.SetLastWriteTimeUtc(Path.Combine(bottom, "etc/a"), Then);
        Directory.SetLastWriteTimeUtc(Path.Combine(bottom, "etc"), Then.AddDays(1));

        Assert.True(Create([bottom], File("/etc/a/hosts"), File("/etc/a/resolv.conf")));

        Assert.Equal(["etc", "etc/a", "etc/a/hosts", "etc/a/resolv.conf"], Entries());
        Assert.Equal((UnixFileMode)0x1c0, System.IO.File.GetUnixFileMode(Init("etc/a")));
        Assert.Equal(Then, Directory.GetLastWriteTimeUtc(Init("etc/a")));
        Assert.Equal(Then.AddDays(1), Directory.GetLastWriteTimeUtc(Init("etc")));
    }

    [Fact]
    public void Links_are_followed_inside_the_view()
    {
        var (top, bottom) = (Layer("top"), Layer("bottom", "private/etc/", "run/"));
        System.IO.File.CreateSymbolicLink(Path.Combine(top, "etc"), "../../../private/etc");
        System.IO.File.CreateSymbolicLink(Path.Combine(bottom, "private/etc/resolv.conf"), "/run/systemd/resolve/stub.conf");

        Assert.True(Create([top, bottom], File("/etc/hosts"), File("/etc/resolv.conf")));

        Assert.Equal(["private", "private/etc", "private/etc/hosts", "run", "run/systemd", "run/systemd/resolve", "run/systemd/resolve/stub.conf"], Entries());
    }

    [Theory]
    [InlineData("/file/below")]
    [InlineData("/loop/below")]
    public void A_path_that_leads_nowhere_is_left_to_the_launch(string path)
    {
        var bottom = Layer("bottom", "file");
        System.IO.File.CreateSymbolicLink(Path.Combine(bottom, "loop"), "loop");

        Assert.False(Create([bottom], File(path)));
    }

    [Fact]
    public void A_link_to_the_hosts_root_stays_inside()
    {
        var bottom = Layer("bottom", "x/");
        System.IO.File.CreateSymbolicLink(Path.Combine(bottom, "etc"), folder);

        Assert.True(Create([bottom], File("/etc/hosts")));

        Assert.False(System.IO.File.Exists(Path.Combine(folder, "hosts")));
        Assert.True(System.IO.File.Exists(Init(folder[1..] + "/hosts")));
    }

    [Fact]
    public void Stubs_are_asked_for_where_no_other_mount_will_be()
    {
        var spec = new ContainerSpec
        {
            Argv = ["true"],
            Root = new DirectoryRoot("/"),
            Mounts = [new TmpfsMount("/run"), new TmpfsMount("/run/inner"), new BindMount("/etc/hostname", "/etc/hosts", true), new TmpfsMount("/dev/x"), new TmpfsMount("/etc")],
        };

        Assert.Equal([Directory_("/proc"), Directory_("/sys"), Directory_("/dev"), Directory_("/run"), File("/etc/hosts"), Directory_("/etc")], InitLayer.StubsFor(spec));
    }

    private static MountStub File(string path) => new(path, MountStubKind.File);

    private static MountStub Directory_(string path) => new(path, MountStubKind.Directory);

    private bool Create(IReadOnlyList<string> layers, params MountStub[] stubs) =>
        InitLayer.Create(Directory.CreateDirectory(Init("")).FullName, layers, stubs);

    private string Init(string path) => Path.Combine(folder, "init", path);

    private string Layer(string name, params string[] entries)
    {
        var layer = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        foreach (var entry in entries)
        {
            var path = Path.Combine(layer, entry);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!entry.EndsWith('/'))
            {
                System.IO.File.WriteAllText(path, "");
            }
        }

        return layer;
    }

    private IEnumerable<string> Entries() =>
        Directory.EnumerateFileSystemEntries(Init(""), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Init(""), path)).Order(StringComparer.Ordinal);
}
