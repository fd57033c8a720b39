using Builder.MSBuild.Incremental;
using Builder.MSBuild.Items;
using Builder.Testing;

namespace Builder.MSBuild.Tests.Incremental;

public sealed class InputFingerprintTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Every_change_that_an_image_could_show_is_seen()
    {
        Write("Dockerfile", "FROM scratch");
        Write("src/a.txt", "a");
        Write("bin/out.dll", "x");
        Write("secret", "s");
        var seen = new HashSet<string>();
        void Changes(Action change)
        {
            change();
            Assert.True(seen.Add(Fingerprint()));
            Assert.False(seen.Add(Fingerprint()));
        }

        Changes(() => { });
        Changes(() => Write("src/a.txt", "longer"));
        Changes(() => File.SetLastWriteTimeUtc(At("src/a.txt"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc)));
        Changes(() => Write("src/b.txt", ""));
        Changes(() => File.Move(At("src/b.txt"), At("src/c.txt")));
        Changes(() => File.Delete(At("src/a.txt")));
        Changes(() => Directory.CreateDirectory(At("src/empty")));
        Changes(() => File.CreateSymbolicLink(At("src/link"), "."));
        Changes(() => Write("Dockerfile.dockerignore", "x"));
        Changes(() => Write("secret", "other"));

        // What builds themselves write is no input.
        Write("bin/out.dll", "changed");
        Write("msbuild.binlog", "log");
        Write(".git/HEAD", "ref");
        Assert.False(seen.Add(Fingerprint()));
    }

    [Fact]
    public void Options_and_other_images_are_inputs_too()
    {
        Write("Dockerfile", "FROM scratch");
        var plan = Plan();
        Assert.Equal(4, new[] { plan, plan with { Arguments = ["--tag", "x"] }, plan with { Identities = ["sha256:1"] }, plan with { Identities = ["sha256:2"] } }
            .Select(other => new InputFingerprint([]).Of(other, [])).Distinct().Count());
        Assert.NotEqual(new InputFingerprint([]).Of(plan, ["store a"]), new InputFingerprint([]).Of(plan, ["store b"]));
    }

    public void Dispose() => folder.Dispose();

    private string Fingerprint() => new InputFingerprint([At("bin")]).Of(Plan(), []);

    private ImagePlan Plan() => new() { Key = "k", Dockerfile = At("Dockerfile"), Context = At(""), ContextName = "n", Folder = At("obj"), OtherInputs = [At("secret")] };

    private string At(string name) => Path.Combine(folder.Path, name).TrimEnd('/');

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), content);
    }
}
