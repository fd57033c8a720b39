using System.IO.Compression;
using System.Text;
using Builder.Engine.Anatomy;
using Builder.Engine.Anatomy.Packages;
using CsCheck;

namespace Builder.Engine.Tests.Anatomy;

/// <summary>The books of dpkg, apk and rpm, also when they are damaged.</summary>
public sealed class PackageListTests
{
    [Fact]
    public void Dpkg_lists_what_is_installed_and_not_what_was()
    {
        var packages = Read("var/lib/dpkg/status", """
            Package: bash
            Status: install ok installed
            Version: 5.2-1
            Architecture: amd64
            Description: a shell
             Package: not-a-package

            Package: gone
            Status: deinstall ok config-files
            Version: 1

            Package: held
            Status: hold ok installed
            Version: 2:3
            """);
        Assert.Equal([new Package("deb", "bash", "5.2-1", "amd64", null), new Package("deb", "held", "2:3", "", null)], packages.Packages);
    }

    [Fact]
    public void Distroless_fragments_are_read_too()
    {
        Assert.True(PackageList.MaxSize("var/lib/dpkg/status.d/base") > 0);
        Assert.Equal(0, PackageList.MaxSize("var/lib/dpkg/status.d/base.md5sums"));
        Assert.Equal("base", Assert.Single(Read("var/lib/dpkg/status.d/base", "Package: base\nVersion: 1\n").Packages).Name);
    }

    [Fact]
    public void Apk_is_read_letter_by_letter()
    {
        var packages = Read("lib/apk/db/installed", "C:Q1abc\nP:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\nF:lib\nR:ld.so\n\nP:busybox\nV:1.36\nA:x86_64\n");
        Assert.Equal([new Package("apk", "busybox", "1.36", "x86_64", null), new Package("apk", "musl", "1.2.5-r0", "x86_64", "MIT")], packages.Packages);
    }

    /// <summary>A database that rpm 4.18 made: records that overflow their page, and more of them than fit on one.</summary>
    [Fact]
    public void Rpm_is_read_from_its_sqlite_file()
    {
        var packages = PackageList.Of([Entry("usr/lib/sysimage/rpm/rpmdb.sqlite", Rpm())]).Packages;
        Assert.Equal(42, packages.Count);
        Assert.Contains(new Package("rpm", "greeting", "2:1.2-3", "noarch", "MIT"), packages);
        Assert.Contains(new Package("rpm", "other", "1.2-3", "noarch", "Apache-2.0 AND BSD"), packages);
        Assert.Contains(new Package("rpm", "part-39", "1.2-3", "noarch", "Apache-2.0 AND BSD"), packages);
    }

    [Fact]
    public void An_older_database_of_rpm_is_named_and_not_read()
    {
        var list = PackageList.Of([Entry("var/lib/rpm/Packages", [0])]);
        Assert.Empty(list.Packages);
        Assert.StartsWith("var/lib/rpm/Packages: ", Assert.Single(list.Unread), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_database_is_told_of_and_the_others_are_read()
    {
        var list = PackageList.Of([Entry("var/lib/rpm/rpmdb.sqlite", Encoding.ASCII.GetBytes("nonsense")), Entry("lib/apk/db/installed", Encoding.ASCII.GetBytes("P:a\nV:1\n"))]);
        Assert.Single(list.Packages);
        Assert.Contains("it is no SQLite file", Assert.Single(list.Unread), StringComparison.Ordinal);
    }

    /// <summary>Flipped, cut or looped: it is read, or refused with a sentence; nothing hangs and nothing else is thrown.</summary>
    [Fact]
    public void Whatever_happens_to_an_rpm_database_nothing_worse_than_a_refusal_comes_of_it()
    {
        var whole = Rpm();
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 12].Sample(
            flips =>
            {
                var damaged = (byte[])whole.Clone();
                foreach (var (at, value) in flips)
                {
                    // Half of the damage where the structure is: the first bytes of pages.
                    damaged[at % 2 == 0 ? at : at / 4096 * 4096 + (at % 120)] = value;
                }

                var list = PackageList.Of([Entry("var/lib/rpm/rpmdb.sqlite", damaged)]);
                Assert.InRange(list.Unread.Count, 0, 1);
            },
            iter: 500,
            threads: 1);
        for (var length = 0; length < whole.Length; length += 997)
        {
            Assert.InRange(PackageList.Of([Entry("var/lib/rpm/rpmdb.sqlite", whole[..length])]).Unread.Count, 0, 1);
        }
    }

    private static PackageList Read(string key, string text) => PackageList.Of([Entry(key, Encoding.UTF8.GetBytes(text))]);

    private static LayerEntry Entry(string key, byte[] content) => new(key, new FileFacts("file", "644", "0:0", "", content.Length, "", "")) { Content = content };

    private static byte[] Rpm()
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Corpus/packages/rpmdb.sqlite.gz"));
        using var gzip = new GZipStream(file, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        gzip.CopyTo(bytes);
        return bytes.ToArray();
    }
}
