using Builder.Oci;
using Builder.Testing;
using Builder.Testing.Http;

namespace Builder.Engine.Tests.Whole;

/// <summary>Where SOURCE_DATE_EPOCH shows (dockerfile-language.md §2.4).</summary>
public sealed class SourceDateTests(CorpusBuilder builder) : IClassFixture<CorpusBuilder>
{
    private const long OfTheBase = 1_700_000_000;
    private const long FilesOfTheBase = 1_000_000;

    [Theory] // S3; both rows build the same steps on one store: a date that is another one makes other steps of them
    [InlineData(1_000, 500, 1_000)]
    [InlineData(4_102_444_800, 500, 2_000)]
    public async Task New_layers_and_entries_have_the_date_and_the_bases_keep_theirs(long epoch, long old, long young)
    {
        using var context = new TemporaryFolder();
        foreach (var (name, seconds) in ((string, long)[])[("old", 500), ("young", 2_000)])
        {
            await File.WriteAllTextAsync(context[name], name);
            File.SetLastWriteTimeUtc(context[name], DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime);
        }

        var (config, layers) = await BuildAsync(
            context, $"#: arg=SOURCE_DATE_EPOCH={epoch}\nFROM corpus/base\nENV a=b\nWORKDIR /made/x\nCOPY old young <<here /copied/\ntext\nhere\nRUN echo > /ran\n");
        Assert.Equal(epoch, config.Created!.Value.ToUnixTimeSeconds());
        Assert.Equal([.. config.History!.Take(config.History!.Count - 4).Select(_ => OfTheBase), epoch, epoch, epoch, epoch], config.History!.Select(entry => entry.Created!.Value.ToUnixTimeSeconds()));
        Assert.Equal(FilesOfTheBase, layers[0]["etc/passwd"]);
        Assert.Equal((epoch, epoch), (layers[1]["made"], layers[1]["made/x"]));
        Assert.Equal((epoch, epoch), (layers[2]["copied"], layers[2]["copied/here"])); // C17: parents that were missing
        Assert.Equal((old, young), (layers[2]["copied/old"], layers[2]["copied/young"]));
        Assert.InRange(layers[3]["ran"], 1, epoch);
    }

    [Fact] // S2: an archive that comes without a time is as old as its newest file
    public async Task A_download_without_a_time_has_that_of_the_newest_file_inside()
    {
        var archive = new TarBuilder(modified: 3_000).Folder("d").File("d/f", "f").Build();
        await using var server = new TestServer(_ => new TestResponse(200) { Body = archive });
        using var context = new TemporaryFolder();
        var (stage, _) = await BuildAsync(context, $"#: arg=SOURCE_DATE_EPOCH=code\nFROM scratch AS code\nADD http://{server.Authority}/t.tar /\nFROM corpus/base\nENV a=b\n");
        Assert.Equal(3_000, stage.Created!.Value.ToUnixTimeSeconds());
        var (named, _) = await BuildAsync(context, $"#: arg=SOURCE_DATE_EPOCH=web\n#: context=web=http://{server.Authority}/t.tar\nFROM corpus/base\nENV a=b\n");
        Assert.Equal(3_000, named.Created!.Value.ToUnixTimeSeconds());
    }

    private async Task<(ImageConfig Config, IReadOnlyList<IReadOnlyDictionary<string, long>> Layers)> BuildAsync(TemporaryFolder context, string dockerfile)
    {
        await File.WriteAllTextAsync(context["Dockerfile"], dockerfile);
        return await builder.TimesAsync(context["Dockerfile"], context.Path, TestContext.Current.CancellationToken);
    }
}
