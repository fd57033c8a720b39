using Builder.Testing;

namespace Builder.Engine.Tests.Whole;

/// <summary>Of a context that is a folder nothing is read but what a step asks for, told by the kernel's access times.</summary>
public sealed class ContextReadingTests(CorpusBuilder builder) : IClassFixture<CorpusBuilder>
{
    private static readonly DateTime Accessed = DateTime.UnixEpoch.AddDays(100);
    private static readonly DateTime Written = DateTime.UnixEpoch.AddDays(200);
    private static readonly string[] Others = ["beside", "folder/other", "elsewhere/wanted", "elsewhere/deep/file"];

    [Theory]
    [InlineData("COPY wanted folder/wanted /")]
    [InlineData("COPY want* f*/wanted /")]
    [InlineData("COPY --parents wanted folder/wanted /")]
    [InlineData("RUN --mount=source=wanted,target=/a --mount=source=folder/wanted,target=/b cat /a /b")]
    public async Task Only_what_is_asked_for_is_read(string step)
    {
        using var folder = new TemporaryFolder();
        var context = folder["context"];
        string[] wanted = ["wanted", "folder/wanted"];
        foreach (var name in (string[])[.. wanted, .. Others, "control"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(context, name))!);
            await File.WriteAllTextAsync(Path.Combine(context, name), $"{name} {Guid.NewGuid()}");
            File.SetLastWriteTimeUtc(Path.Combine(context, name), Written);
            File.SetLastAccessTimeUtc(Path.Combine(context, name), Accessed);
        }

        await File.ReadAllTextAsync(Path.Combine(context, "control"));
        Assert.SkipUnless(WasRead(context, "control"), "the file system of temporary files keeps no access times");
        await File.WriteAllTextAsync(folder["Dockerfile"], $"FROM corpus/base\n{step}\n");
        await builder.DescribeAsync(folder["Dockerfile"], TestContext.Current.CancellationToken, context);
        Assert.All(wanted, name => Assert.True(WasRead(context, name), name));
        Assert.All(Others, name => Assert.False(WasRead(context, name), name));
    }

    private static bool WasRead(string context, string name) => File.GetLastAccessTimeUtc(Path.Combine(context, name)) != Accessed;
}
