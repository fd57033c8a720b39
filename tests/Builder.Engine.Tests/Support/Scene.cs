using System.Diagnostics;
using System.Text;
using Builder.Diagnostics;
using Builder.Dockerfile.Ignore;
using Builder.Engine.Copying;
using Builder.Graph.Operations;
using Builder.Linux.Files;
using Builder.Oci;

namespace Builder.Engine.Tests.Support;

/// <summary>
/// A folder <c>source</c> to copy from, a folder <c>root</c> to copy to, and a file outside of both that nobody may touch.
/// After every copy it is checked that no time in the root is the clock's.
/// </summary>
internal sealed class Scene : IDisposable
{
    /// <summary>The time of everything that a scene is set up with.</summary>
    public const long Old = 1_000_000;

    /// <summary>The time of what a copy has to make up.</summary>
    public const long Made = 500;

    private readonly string folder;

    public Scene(string script = "")
    {
        RequireRoot();
        folder = Directory.CreateTempSubdirectory("builder-engine-").FullName;
        Shell("mkdir source root; echo precious > canary");
        Given(script);
    }

    /// <summary>Skips the test where a scene cannot be set; within a property it has to be said before the first sample.</summary>
    public static void RequireRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "owners and device nodes need root");

    public string Source => Path.Combine(folder, "source");

    public string Root => Path.Combine(folder, "root");

    public string Folder => folder;

    public (uint, uint)? Owner { get; init; }

    public string? Chmod { get; init; }

    public string[] Excludes { get; init; } = [];

    public string? Ignore { get; init; }

    public bool FromStage { get; init; }

    public bool Parents { get; init; }

    /// <summary>Runs a script in the folder that holds source and root; then everything there is <see cref="Old"/>.</summary>
    public Scene Given(string script)
    {
        Shell(script + $"\nfind source root -exec touch -h -d @{Old} '{{}}' +");
        return this;
    }

    public string Shell(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-euc", "umask 022; " + script])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{script}: exit code {process.ExitCode}: {error.Result}");
        return output;
    }

    public SourceTree OpenSource() => new(
        RootDirectory.Open(Source),
        Ignore is null ? null : IgnorePatternSet.Parse(new SourceText(".dockerignore", Ignore)),
        ownedByRoot: !FromStage);

    /// <summary>COPY, as a step does it.</summary>
    public Scene Copy(string destination, params string[] sources)
    {
        using (var tree = OpenSource())
        using (var root = RootDirectory.Open(Root))
        {
            var copier = NewCopier(root);
            if (Parents)
            {
                copier.MakeDirectory(GuestPath.FromText(destination));
                foreach (var kept in sources.SelectMany(source => ParentsSelector.Select(tree, "/" + source, Excludes)))
                {
                    copier.CopyWithParents(tree, kept, GuestPath.FromText(destination), Excludes);
                }

                sources = [];
            }

            foreach (var selected in sources.SelectMany(source => SourceSelector.Select(tree, "/" + source, Glob.HasWildcards(source))))
            {
                copier.Copy(tree, selected, GuestPath.FromText(destination), destination.EndsWith('/'), Excludes);
            }

            copier.Complete();
        }

        AssertNoClock();
        return this;
    }

    public Scene Write(string destination, string name, string content)
    {
        using (var root = RootDirectory.Open(Root))
        {
            var copier = NewCopier(root);
            copier.Write(name, Encoding.UTF8.GetBytes(content), GuestPath.FromText(destination), destination.EndsWith('/'));
            copier.Complete();
        }

        AssertNoClock();
        return this;
    }

    /// <summary>ADD of an archive, into the root itself or a directory of it.</summary>
    public Scene Extract(byte[] archive, string destination = "")
    {
        File.WriteAllBytes(Path.Combine(folder, "archive"), archive);
        using (var root = RootDirectory.Open(Path.Combine(Root, destination)))
        {
            new ArchiveExtractor(root, Owner, TestContext.Current.CancellationToken).Extract(OpenArchive());
        }

        AssertNoClock();
        return this;
    }

    public Microsoft.Win32.SafeHandles.SafeFileHandle OpenArchive() => File.OpenHandle(Path.Combine(folder, "archive"));

    public string[] Select(string source)
    {
        using var tree = OpenSource();
        return [.. SourceSelector.Select(tree, "/" + source, Glob.HasWildcards(source)).Select(selected => Encoding.Latin1.GetString(selected.Path))];
    }

    public Digest Digest(params string[] sources)
    {
        using var tree = OpenSource();
        return ContentDigester.Of(tree, sources.Select(source => new CopySource(1, "/" + source, Glob.HasWildcards(source))), Parents, Excludes, TestContext.Current.CancellationToken);
    }

    public IReadOnlyList<string> Tree(bool times = false)
    {
        using var root = RootDirectory.Open(Root);
        return Listing.Of(root, times);
    }

    public long TimeOf(string path)
    {
        using var root = RootDirectory.Open(Root);
        return root.TryLstat(GuestPath.FromText(path))!.Value.Modified.Seconds;
    }

    public void AssertTree(params string[] expected) => Assert.Equal(expected, Tree());

    public void AssertOutsideUntouched()
    {
        Assert.Empty(Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Except(["archive", "canary", "root", "source"]));
        Assert.Equal("precious\n", File.ReadAllText(Path.Combine(folder, "canary")));
    }

    public void Dispose()
    {
        using var parent = DirectoryHandle.Open(Path.GetDirectoryName(folder)!);
        parent.RemoveTree(Encoding.UTF8.GetBytes(Path.GetFileName(folder)));
    }

    private TreeCopier NewCopier(RootDirectory root) => new(
        root,
        new CopyRules(Owner, Chmod is null ? null : ModeChange.Parse(Chmod), new FileTime(Made)),
        TestContext.Current.CancellationToken);

    private void AssertNoClock()
    {
        var young = Shell("find root -newermt 2020-01-01");
        Assert.True(young.Length == 0, "the clock got into: " + young);
    }
}
