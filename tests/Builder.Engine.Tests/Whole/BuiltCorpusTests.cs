using System.Runtime.CompilerServices;

namespace Builder.Engine.Tests.Whole;

/// <summary>
/// Dockerfiles of our own in <c>Corpus/</c>, built for real over one context and a busybox base, each with the config, the
/// history, the layers and the files that it must come to (dockerfile-language.md §2.7, §2.8, §3). The list of files is made of
/// the layers, as a registry's user gets them, and must agree with the tree that <c>type=tar</c> writes.
/// With <c>ACCEPT=1</c> in the environment the expectations are written anew, to be read before they are committed.
/// </summary>
public sealed class BuiltCorpusTests(CorpusBuilder builder) : IClassFixture<CorpusBuilder>
{
    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder, "*.Dockerfile").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Corpus");

    [Fact]
    public void There_are_enough_of_them() => Assert.True(Names.Count >= 150);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_dockerfile_builds_what_is_expected(string name)
    {
        var actual = await builder.DescribeAsync(Path.Combine(Folder, name + ".Dockerfile"), TestContext.Current.CancellationToken);
        if (Environment.GetEnvironmentVariable("ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(Path.Combine(SourceFolder(), name + ".expected"), actual, TestContext.Current.CancellationToken);
            return;
        }

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Folder, name + ".expected"), TestContext.Current.CancellationToken), actual);
    }

    private static string SourceFolder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../Corpus");
}
