using Builder.Graph.Compilation;
using Builder.Graph.Operations;
using Builder.Graph.Tests.Compilation;
using Builder.Oci;
using CsCheck;

namespace Builder.Graph.Tests;

/// <summary>What <c>spec/cache-keys.md</c> says is in a key, and what it says is not.</summary>
public sealed class CacheKeyTests : CompilerTest
{
    private const string Run = "FROM base\nARG A=1\nRUN x\n";

    /// <summary>The expected value was computed by another program, written after the page.</summary>
    [Fact]
    public async Task A_key_is_the_digest_that_the_page_describes() =>
        Assert.Equal(
            "sha256:a19c223b3712d48d93f03d9c5e08ee9d767cdabfa636add16225f053c504a9e5",
            (await CompileAsync("FROM scratch\nENV A=1\nUSER u\nRUN --mount=type=tmpfs,target=/t --network=none x\n", new CompileOptions { TargetPlatform = new Platform("amd64", "linux") })).Root!.Digest.ToString());

    [Theory]
    [InlineData("FROM other\nARG A=1\nRUN x\n")]
    [InlineData("FROM base\nARG A=2\nRUN x\n")]
    [InlineData("FROM base\nARG A=1 B\nARG B=2\nRUN x\n")]
    [InlineData("FROM base\nENV A=1 B=\nRUN x\n")]
    [InlineData("FROM base\nARG A=1\nRUN x y\n")]
    [InlineData("FROM base\nARG A=1\nRUN [\"x\"]\n")]
    [InlineData("FROM base\nARG A=1\nSHELL [\"/bin/bash\",\"-c\"]\nRUN x\n")]
    [InlineData("FROM base\nARG A=1\nUSER u\nRUN x\n")]
    [InlineData("FROM base\nARG A=1\nWORKDIR /w\nRUN x\n")]
    [InlineData("FROM base\nARG A=1\nRUN --network=none x\n")]
    [InlineData("FROM base\nARG A=1\nRUN --security=insecure x\n")]
    [InlineData("FROM base\nARG A=1\nRUN --device=vendor.com/class=dev x\n")]
    [InlineData("FROM base\nARG A=1\nRUN --mount=type=tmpfs,target=/t x\n")]
    [InlineData("FROM base\nARG A=1\nRUN --mount=target=/t x\n")]
    [InlineData("FROM base\nARG A=1\nRUN --mount=type=cache,target=/t x\n")]
    [InlineData("FROM base\nARG A=1\nRUN --mount=type=secret,id=t x\n")]
    [InlineData("FROM base\nARG A=1\nRUN --mount=type=ssh x\n")]
    [InlineData("FROM base\nARG A=1\nRUN y\nRUN x\n")]
    public async Task What_a_run_sees_is_in_its_key(string changed) => Assert.NotEqual(await KeyOf(Run), await KeyOf(changed));

    [Theory]
    [InlineData("# a comment\nFROM  base AS name\n\n  arg A=1\n# another\nrun   x  \n")]
    [InlineData("FROM base\nARG A=1\nRUN \\\n# comment\n\\\nx\n")]
    [InlineData("FROM base\nLABEL l=v\nARG A=1\nEXPOSE 80\nVOLUME /v\nCMD c\nENTRYPOINT e\nSTOPSIGNAL 9\nHEALTHCHECK NONE\nRUN x\n")]
    [InlineData("FROM base\nARG A=\"1\"\nRUN x\n")]
    [InlineData("FROM base:latest\nARG A=1\nRUN x\n")]
    [InlineData("ARG A=1\nFROM base\nARG A\nRUN x\n")]
    [InlineData("FROM base\nENV A=1\nRUN x\n")]
    [InlineData("FROM base AS a\nARG A=1\nFROM a\nRUN x\n")]
    public async Task What_a_run_does_not_see_is_not_in_its_key(string changed) => Assert.Equal(await KeyOf(Run), await KeyOf(changed));

    [Fact]
    public async Task Arguments_count_from_where_they_are_declared()
    {
        const string Before = "FROM base\nARG A\nRUN x\n";
        const string After = "FROM base\nRUN x\nARG A\n";

        Assert.NotEqual(await KeyOf(Before, WithArgs(("A", "1"))), await KeyOf(Before, WithArgs(("A", "2"))));
        Assert.Equal(await KeyOf(After, WithArgs(("A", "1"))), await KeyOf(After, WithArgs(("A", "2"))));
    }

    [Fact]
    public async Task The_options_of_a_build_that_a_run_sees_are_in_its_key_and_others_are_not()
    {
        var key = await KeyOf(Run);
        CompileOptions Hosts(string name, string address) => new() { ExtraHosts = [new HostEntry(name, address)] };

        Assert.Equal(key, await KeyOf(Run, WithArgs(("HTTP_PROXY", "p"), ("unknown", "1"))));
        Assert.Equal(key, await KeyOf(Run, new CompileOptions { Labels = new Dictionary<string, string> { ["l"] = "v" } }));
        Assert.Equal(key, await KeyOf(Run, new CompileOptions { NoCache = true }));
        Assert.Equal(key, await KeyOf(Run, new CompileOptions { SourceDateEpoch = 1 }));
        Assert.NotEqual(key, await KeyOf(Run, WithArgs(("BUILDKIT_SANDBOX_HOSTNAME", "h"))));
        Assert.NotEqual(key, await KeyOf(Run, Hosts("a", "1.1.1.1")));
        Assert.Equal(await KeyOf(Run, Hosts("a", "1.1.1.1")), await KeyOf(Run, Hosts("a", "2.2.2.2")));
        Assert.NotEqual(await KeyOf(Run, Hosts("a", "1.1.1.1")), await KeyOf(Run, Hosts("b", "1.1.1.1")));
        Assert.NotEqual(key, await KeyOf(Run, new CompileOptions { TargetPlatform = Platform.Parse("linux/s390x") }));
    }

    [Fact]
    public async Task The_identity_and_sharing_of_a_cache_mount_are_not_in_a_key_but_its_place_is()
    {
        Task<Digest> Mounted(string mount) => KeyOf($"FROM base\nRUN --mount={mount} x\n");
        var key = await Mounted("type=cache,target=/c");

        Assert.Equal(key, await Mounted("type=cache,target=/c,id=other,sharing=locked,uid=5,mode=0700"));
        Assert.NotEqual(key, await Mounted("type=cache,target=/d"));
        Assert.NotEqual(key, await Mounted("type=cache,target=/c,ro"));
        Assert.NotEqual(await Mounted("type=tmpfs,target=/c,size=1"), await Mounted("type=tmpfs,target=/c,size=2"));
        Assert.NotEqual(await Mounted("type=secret,id=a,target=/s"), await Mounted("type=secret,id=b,target=/s"));
        Assert.NotEqual(await Mounted("source=a,target=/s"), await Mounted("source=b,target=/s"));
    }

    [Theory]
    [InlineData("COPY a /y")]
    [InlineData("COPY a /x/")]
    [InlineData("COPY b /x")]
    [InlineData("COPY a b /x")]
    [InlineData("COPY --chown=1 a /x")]
    [InlineData("COPY --chmod=1 a /x")]
    [InlineData("COPY --exclude=e a /x")]
    [InlineData("COPY --parents a /x")]
    [InlineData("COPY --link a /x")]
    [InlineData("COPY --from=other a /x")]
    [InlineData("ADD a /x")]
    [InlineData("COPY a <<e /x\ne")]
    public async Task What_a_copy_does_is_in_its_key(string changed) =>
        Assert.NotEqual(await KeyOf("FROM base\nCOPY a /x\n"), await KeyOf($"FROM base\n{changed}\n"));

    [Fact]
    public async Task What_a_copy_does_not_see_is_not_in_its_key()
    {
        var key = await KeyOf("FROM base\nCOPY a /x\n");

        Assert.Equal(key, await KeyOf("FROM base\nARG A=1\nENV B=2\nUSER u\nLABEL l=v\nCOPY ./a /x\n"));
        Assert.Equal(await KeyOf("FROM scratch\nCOPY a /x\n"), await KeyOf("FROM scratch\nCOPY a /x\n", new CompileOptions { TargetPlatform = Platform.Parse("linux/s390x") }));
    }

    [Fact]
    public async Task The_body_of_a_here_document_is_in_the_key()
    {
        Assert.NotEqual(await KeyOf("FROM base\nCOPY <<e /x\n1\ne\n"), await KeyOf("FROM base\nCOPY <<e /x\n2\ne\n"));
        Assert.NotEqual(await KeyOf("FROM base\nRUN <<e\n#!/x\n1\ne\n"), await KeyOf("FROM base\nRUN <<e\n#!/x\n2\ne\n"));
    }

    [Fact]
    public async Task A_directory_is_known_by_path_and_owner()
    {
        var key = await KeyOf("FROM base\nWORKDIR /w\n");

        Assert.Equal(key, await KeyOf("FROM base\nENV A=1\nWORKDIR w/../w/\n"));
        Assert.NotEqual(key, await KeyOf("FROM base\nWORKDIR /v\n"));
        Assert.NotEqual(key, await KeyOf("FROM base\nUSER u\nWORKDIR /w\n"));
    }

    [Theory] // S3: what they make has the date
    [InlineData("WORKDIR /w", true)]
    [InlineData("COPY a /x/", true)]
    [InlineData("COPY --link a /x/", true)]
    [InlineData("ADD https://example.com/f /x/", true)]
    [InlineData("RUN x", false)]
    public async Task A_date_is_in_the_keys_of_steps_that_make_files_of_that_date(string step, bool counts)
    {
        var text = $"FROM base\n{step}\n";
        var (none, one, two) = (await KeyOf(text), await KeyOf(text, new CompileOptions { SourceDateEpoch = 1 }), await KeyOf(text, WithArgs(("SOURCE_DATE_EPOCH", "2"))));

        Assert.Equal(counts ? 3 : 1, new[] { none, one, two }.Distinct().Count());
        Assert.Equal(one, await KeyOf("ARG SOURCE_DATE_EPOCH=1\n" + text));
    }

    [Fact]
    public void An_image_is_known_by_its_digest_not_by_its_name()
    {
        var platform = new Platform("amd64", "linux");
        Vertex Image(string name, string content) => new(new ImageOperation(ImageReference.Parse(name), Digest.OfText(content), platform));

        Assert.Equal(Image("a:1", "x").Digest, Image("mirror.example/a:2", "x").Digest);
        Assert.NotEqual(Image("a:1", "x").Digest, Image("a:1", "y").Digest);
    }

    [Fact]
    public void Parts_cannot_run_into_each_other()
    {
        var root = new Vertex(new ScratchOperation());
        Digest Key(params string[] arguments) => new Vertex(new RunOperation { Arguments = arguments }, [root]).Digest;

        Assert.NotEqual(Key("ab"), Key("a", "b"));
        Assert.NotEqual(Key("a", ""), Key("a"));
        Assert.NotEqual(Key("a", "env", "b"), Key("a"));
        Assert.NotEqual(
            new Vertex(new RunOperation { Arguments = ["a"], Environment = ["b"] }, [root]).Digest,
            new Vertex(new RunOperation { Arguments = ["a", "b"] }, [root]).Digest);
    }

    [Fact]
    public void However_a_file_is_formatted_it_builds_the_same()
    {
        var line = Gen.OneOf("ENV A=1", "ARG B=2", "RUN make $A", "COPY --chown=1 a b /c/", "WORKDIR d", "USER u", "LABEL x=\"y z\"", "CMD [\"a\", \"b\"]", "ADD a /b");
        var format = Gen.Select(Gen.OneOf("", "# note\n", "\n", "  \n# a\n#\n"), Gen.OneOf("", "  ", "\t"), Gen.OneOf("", "  ", "\t"), Gen.Bool);

        line.Array[0, 8].SelectMany(lines => format.Array[lines.Length].Select(formats => (lines, formats))).Sample(
            pair =>
            {
                var plain = CompileAsync("FROM base\n" + string.Concat(pair.lines.Select(text => text + "\n"))).GetAwaiter().GetResult();
                var formatted = CompileAsync("FROM base\n" + string.Concat(pair.lines.Zip(pair.formats, Formatted))).GetAwaiter().GetResult();
                return plain.Root!.Digest == formatted.Root!.Digest
                    && plain.Image.Steps.Select(step => step.CreatedBy).SequenceEqual(formatted.Image.Steps.Select(step => step.CreatedBy));
            },
            iter: 300);
    }

    private static string Formatted(string line, (string Above, string Indent, string Trail, bool Lower) format)
    {
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        var keyword = format.Lower ? line[..blank].ToLowerInvariant() : line[..blank];
        return $"{format.Above}{format.Indent}{keyword} {format.Indent}{line[(blank + 1)..]}{format.Trail}\n";
    }

    private async Task<Digest> KeyOf(string text, CompileOptions? options = null) => (await CompileAsync(text, options)).Root!.Digest;
}
