using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary><c>RUN --mount=type=secret</c> (M7): what the step sees, and that nothing else ever has the value.</summary>
public sealed class SecretTests
{
    private const string Value = "hunter2-correct-horse-battery";

    private const string Dockerfile = """
        FROM base
        RUN --mount=type=secret,id=file test "$(cat /run/secrets/file)" = "$(echo hunter2-correct-horse)-battery" && test "$(stat -c %a:%u:%g /run/secrets/file)" = 400:0:0
        RUN --mount=type=secret,id=file,target=/a/deep/place,mode=0440,uid=1000,gid=50 test "$(stat -c %a:%u:%g /a/deep/place)" = 440:1000:50
        RUN --mount=type=secret,id=file grep ' /run/secrets/file ' /proc/mounts | grep tmpfs | grep nosuid | grep nodev | grep noexec && ! touch /run/secrets/file
        RUN --mount=type=secret,id=variable,env=TOKEN test ${#TOKEN} = 29 && test ! -e /run/secrets
        RUN --mount=type=secret,id=variable,env=TOKEN,target=/t test "$(cat /t)" = "$TOKEN"
        RUN --mount=type=secret,id=absent --mount=type=secret,id=absent2,env=NOTHING test ! -e /run/secrets && test "${NOTHING-unset}" = ""
        RUN touch /made
        """;

    [Theory]
    [InlineData(Caller.Root, Flavour.Native)]
    [InlineData(Caller.User, Flavour.Native)]
    [InlineData(Caller.Root, Flavour.Jit)]
    public async Task A_step_has_it_and_nothing_that_is_written_does(Caller caller, Flavour flavour)
    {
        using var scene = new BuildScene(caller, flavour);
        var file = scene.Files.Write("given/secret", Value);
        var tar = Path.Combine(scene.Files.Folder("out"), "image.tar");
        var how = new ToolOptions { Environment = new Dictionary<string, string> { ["GIVEN"] = Value, ["BUILDER_DEBUG"] = "1", ["TMPDIR"] = scene.Files.Folder("temporary"), ["DOTNET_EnableDiagnostics"] = "0" } };
        string[] secrets = ["--secret", $"id=file,src={file}", "--secret", "id=variable,env=GIVEN"];
        var built = (await scene.BuildAsync(Dockerfile, [.. secrets, "-o", $"type=docker,dest={tar}", "-o", "type=image"], how)).ExpectSuccess();
        Assert.DoesNotContain(Value, built.Error + built.Output, StringComparison.Ordinal);

        // A step that fails while it has them.
        var failed = (await scene.BuildAsync("FROM base\nRUN --mount=type=secret,id=file --mount=type=secret,id=variable,env=T exit 3\n", secrets, how)).Expect(1);
        Assert.DoesNotContain(Value, failed.Error + failed.Output, StringComparison.Ordinal);

        Assert.Equal([Path.GetFileName(file)], FilesWith(scene.Files.Path, Value));
        scene.Builder.AssertNothingIsLeftBehind();

        // Another value is no reason to run anything again.
        await File.WriteAllTextAsync(file, "another");
        Assert.DoesNotContain("DONE", (await scene.BuildAsync(Dockerfile, secrets, how)).ExpectSuccess().Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_mount_points_are_in_no_layer()
    {
        using var scene = new BuildScene();
        var file = scene.Files.Write("given/secret", Value);
        Assert.Equal(["made"], await scene.FilesOfAsync(Dockerfile.Replace("id=variable,env", "id=file,env", StringComparison.Ordinal), "--secret", $"id=file,src={file}"));
    }

    [Fact]
    public async Task A_file_of_the_image_is_covered_and_is_there_again()
    {
        using var scene = new BuildScene();
        var file = scene.Files.Write("given/secret", Value);
        (await scene.BuildAsync(
            "FROM base\nRUN echo own > /own\nRUN --mount=type=secret,id=s,target=/own test \"$(cat /own)\" != own\nRUN test \"$(cat /own)\" = own\n",
            "--secret", $"id=s,src={file}")).ExpectSuccess();
    }

    [Fact]
    public async Task A_secret_without_a_source_is_a_variable_or_a_file_of_its_name()
    {
        using var scene = new BuildScene();
        scene.Files.Write("there/byfile", "from the file");
        var how = new ToolOptions { WorkingDirectory = scene.Files.PathOf("there"), Environment = new Dictionary<string, string> { ["byname"] = "from the variable" } };
        (await scene.BuildAsync(
            "FROM base\nRUN --mount=type=secret,id=byname --mount=type=secret,id=byfile cd /run/secrets && test \"$(cat byname) $(cat byfile)\" = 'from the variable from the file'\n",
            ["--secret", "id=byname", "--secret", "id=byfile"], how)).ExpectSuccess();
    }

    [Theory]
    [InlineData("FROM base\nRUN --mount=type=secret,id=s,required true\n", null, 1, "Dockerfile:2:1: error BLD1011: secret s: not found")]
    [InlineData("FROM base\nRUN --mount=type=secret,id=s,required true\n", "id=s,env=SURELY_NOT_SET", 1, "error BLD1011: secret s: not found")]
    [InlineData("FROM base\nRUN --mount=type=secret,id=s,env=T true\n", "id=s,src=/bin/busybox", 2, "error BLD2062: the file /bin/busybox of secret 's' has")]
    [InlineData("FROM base\nRUN true\n", "id=s,src=/no/such/file", 2, "error BLD2062: the file /no/such/file of secret 's' does not exist")]
    [InlineData("FROM base\nRUN true\n", "src=/etc/passwd", 2, "error BLD2062: --secret: a secret without id")]
    [InlineData("FROM base\nRUN true\n", "id=s,form=x", 2, "error BLD2062: --secret: unexpected key 'form'")]
    public async Task What_is_missing_or_wrong_is_said(string dockerfile, string? secret, int exitCode, string message)
    {
        using var scene = new BuildScene();
        var built = (await scene.BuildAsync(dockerfile, secret is null ? [] : ["--secret", secret])).Expect(exitCode);
        Assert.Contains(message, built.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string?> FilesWith(string folder, string text) =>
        Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Where(path => Holds(path, text)).Select(Path.GetFileName);

    private static bool Holds(string path, string text)
    {
        try
        {
            return File.ReadAllBytes(path).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
