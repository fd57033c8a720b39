using Builder.Engine.Exporters;
using Builder.Engine.Tests.Support;
using Builder.Linux.Files;

namespace Builder.Engine.Tests.Exporters;

public class TreeTarTests
{
    private const string Files =
        "cd source; mkdir -p d/e; echo x > d/f; ln d/f d/g; ln -s /nowhere d/l; mkfifo d/p; mknod d/c c 1 3; ln d/c d/c2; chmod 2750 d/e; chown 3:4 d/f; chmod 4711 d/f; touch \"$(printf 'n\\377')\"; setfattr -n user.x -v 1 d/f; cd ..";

    [Fact]
    public void What_is_written_is_what_tar_unpacks()
    {
        using var scene = new Scene(Files);
        File.WriteAllBytes(Path.Combine(scene.Folder, "archive"), Write(scene));
        scene.Shell("tar --xattrs --xattrs-include='*' -C root -xpf archive");
        using var source = RootDirectory.Open(scene.Source);
        Assert.Equal(Listing.Of(source, times: true), scene.Tree(times: true));
    }

    [Fact]
    public void The_bytes_depend_on_the_files_alone()
    {
        using var one = new Scene(Files);
        using var two = new Scene(Files.Replace("mkdir -p d/e;", "mkdir -p z d/e; rmdir z;", StringComparison.Ordinal));
        Assert.Equal(Write(one), Write(two));
    }

    [Fact]
    public void An_empty_root_is_an_empty_archive()
    {
        using var scene = new Scene();
        Assert.All(Write(scene), b => Assert.Equal(0, b));
    }

    private static byte[] Write(Scene scene)
    {
        using var root = RootDirectory.Open(scene.Source);
        using var stream = new MemoryStream();
        TreeTar.Write(root, stream, TestContext.Current.CancellationToken);
        return stream.ToArray();
    }
}
