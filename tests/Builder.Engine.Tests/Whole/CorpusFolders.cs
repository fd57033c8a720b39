using System.Diagnostics;
using Builder.Archives.Tar;
using Builder.Testing;

namespace Builder.Engine.Tests.Whole;

/// <summary>What every Dockerfile of the corpus finds: the context, a second one called <c>other</c>, and the base's files.</summary>
internal static class CorpusFolders
{
    public const string Busybox = "/bin/busybox";

    private const string Script = """
        umask 022
        mkdir context other base
        cd context
        mkdir -p app/sub/deep app/hollow conf many/one/inner many/two tree/bin tree/etc tree/opt archives
        echo hello > hello.txt
        echo world > world.txt
        echo spaced > 'with space.txt'
        printf '#!/bin/sh\necho ran $0\n' > app/run.sh
        chmod 755 app/run.sh
        echo main > app/main.c
        ln app/main.c app/twin.c
        chown 12:34 app/main.c
        echo key > app/secret.key
        chmod 600 app/secret.key
        echo sub > app/sub/sub.c
        echo head > app/sub/sub.h
        echo deep > app/sub/deep/deep.c
        chmod 700 app/sub/deep
        ln -s main.c app/link
        ln -s nowhere app/dangling
        ln -s loop app/loop
        ln -s sub app/linkdir
        mkfifo app/pipe
        echo special > app/special
        chmod 4755 app/special
        echo one > conf/one.conf
        echo two > conf/two.conf
        echo note > conf/.hidden
        echo a > many/a.txt
        echo b > many/b.txt
        echo c > many/c.log
        echo 1 > many/one/1.txt
        echo i > many/one/inner/i.txt
        echo 2 > many/two/2.txt
        echo tool > tree/bin/tool
        chmod 755 tree/bin/tool
        echo conf > tree/etc/tree.conf
        echo opt > tree/opt/opt.txt
        ln -s hello.txt link-to-file
        ln -s app/sub link-to-dir
        ln -s /etc/passwd link-outside
        echo tmp > a.tmp
        echo tmp > keep.tmp
        mkdir ignored
        echo x > ignored/x
        echo y > ignored/y
        printf '# what no build needs\n*.tmp\n!keep.tmp\nignored/*\n!ignored/y\n' > .dockerignore
        : > archives/empty.tar
        echo garbage > archives/fake.tar
        cd ../other
        echo kept > kept
        echo left > left
        mkdir d
        echo in > d/in
        echo left > .dockerignore
        cd ../base
        mkdir -p usr/bin etc tmp root run var home/ann opt
        chmod 1777 tmp
        chmod 700 root
        ln -s usr/bin bin
        ln -s /run var/run
        printf 'root:x:0:0:root:/root:/bin/sh\nann:x:1000:1001::/home/ann:/bin/sh\n' > etc/passwd
        printf 'root:x:0:\nann:x:1001:\nstaff:x:50:ann\n' > etc/group
        echo base > opt/base.txt
        mkdir -p opt/old/inner
        echo old > opt/old/file
        echo old > opt/old/inner/file
        cp /bin/busybox usr/bin/busybox
        chmod 755 usr/bin/busybox
        for name in sh cat chgrp chmod chown cp echo env find grep head hostname id ln ls mkdir mkfifo mknod mv printf pwd readlink rm rmdir sed sort stat test touch tr true umask wc; do
            ln -s busybox usr/bin/$name
        done
        cd ..
        """;

    /// <summary>Skips the tests on a machine that cannot have it.</summary>
    public static void Require()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "owners, overlays and containers need root");
        Assert.SkipUnless(File.Exists(Busybox), "busybox-static is not installed");
        foreach (var tool in (string[])["bzip2", "gzip", "xz", "zstd"])
        {
            Assert.SkipUnless(ExternalTool.Exists(tool), $"{tool} is not installed");
        }
    }

    public static void Make(string folder)
    {
        Shell(folder, Script);
        var archives = Path.Combine(folder, "context/archives");
        var tar = Archive();
        File.WriteAllBytes(Path.Combine(archives, "plain.tar"), tar);
        foreach (var (tool, name) in (ReadOnlySpan<(string, string)>)[("gzip", "t.tar.gz"), ("bzip2", "t.tar.bz2"), ("xz", "t.tar.xz"), ("zstd", "no-tar-by-its-name")])
        {
            File.WriteAllBytes(Path.Combine(archives, name), ExternalTool.Run(tool, ["-c"], tar));
        }

        // "text" in gzip, as bytes: what another gzip makes of it need not be the same.
        File.WriteAllBytes(Path.Combine(archives, "text.gz"), Convert.FromHexString("1f8b08000000000000032b49ad28e1020027daec3705000000"));
        Shell(folder, "find context other base -exec touch -h -d @1000000 '{}' +");
    }

    /// <summary>Owners, modes, links, a capability: what an archive has and a context has not.</summary>
    private static byte[] Archive() => new TarBuilder(modified: 1000)
        .Folder("t", 0x1f8)
        .File("t/file", "file\n", 0x1a0)
        .HardLink("t/twin", "t/file")
        .Symlink("t/link", "file")
        .Entry(new TarEntry { Name = TarBuilder.Bytes("t/owned"), Kind = TarEntryKind.File, Mode = 0x9ed, UserId = 7, GroupId = 8, Size = 2 }, "o\n")
        .Entry(
            new TarEntry
            {
                Name = TarBuilder.Bytes("t/capable"),
                Kind = TarEntryKind.File,
                Mode = 0x1ed,
                Size = 2,
                Xattrs = [new TarXattr(TarBuilder.Bytes("security.capability"), Convert.FromHexString("0100000200040000000000000000000000000000"))],
            },
            "c\n")
        .Build();

    private static void Shell(string folder, string script)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-euc", script]) { WorkingDirectory = folder, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"the corpus's folders cannot be made: {error}");
    }
}
