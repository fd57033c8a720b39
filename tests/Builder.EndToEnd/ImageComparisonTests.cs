using System.Text.Json;
using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>Images taken apart, and two of them compared file by file.</summary>
public sealed class ImageComparisonTests : IDisposable
{
    private readonly BuildScene scene = new();

    public void Dispose() => scene.Dispose();

    [Theory]
    [InlineData(Caller.Root)]
    [InlineData(Caller.User)]
    public async Task Layers_tell_their_files_and_what_of_them_is_wasted(Caller caller)
    {
        using var own = new BuildScene(caller);
        (await own.BuildAsync("FROM base\nRUN head -c 5000 /dev/zero > /big; echo a > /kept; echo old > /changed\nRUN rm /big; echo newer > /changed\n", "-t", "app")).ExpectSuccess();
        var text = (await own.Builder.RunAsync("inspect", "--layers", "app")).ExpectSuccess().Output;
        Assert.Contains("       5kB  /big  (deleted by layer 3)\n", text, StringComparison.Ordinal);
        Assert.Contains("        4B  /changed  (overwritten by layer 3)\n", text, StringComparison.Ordinal);
        Assert.Contains("        2B  /kept\n", text, StringComparison.Ordinal);
        Assert.Matches(@"layer 2  [0-9a-f]{12}  5\.01kB in 3 files, 5kB wasted  RUN ", text);
        Assert.Matches(@"in 3 layers, 5kB \(0%\) of it wasted\n$", text);

        var json = JsonDocument.Parse((await own.Builder.RunAsync("inspect", "--layers", "--format", "json", "app")).ExpectSuccess().Output).RootElement;
        Assert.Equal(5004, json.GetProperty("Wasted").GetInt64());
        Assert.Equal("5004", (await own.Builder.RunAsync("inspect", "--layers", "-f", "{{(index .Layers 1).Wasted}}", "app")).ExpectSuccess().Output.Trim());
    }

    [Fact]
    public async Task Two_images_are_compared_by_file_and_by_config_whatever_their_layers_are()
    {
        (await scene.BuildAsync("FROM base\nENV A=1\nRUN echo one > /file; echo same > /same; echo x > /gone; mkdir /d\n", "-t", "app:1")).ExpectSuccess();
        (await scene.BuildAsync("FROM base\nENV A=2\nRUN echo same > /same\nRUN echo two! > /file; mkdir -m 700 /d\nRUN echo n > /d/new\n", "-t", "app:2")).ExpectSuccess();
        var text = (await scene.Builder.RunAsync("diff", "app:1", "app:2")).ExpectSuccess().Output;
        Assert.Contains("env A: 1 → 2\n", text, StringComparison.Ordinal);
        Assert.Matches(@"\nC /file \((time .*, )?4 bytes, sha256:[0-9a-f]{12} → (time .*, )?5 bytes, sha256:[0-9a-f]{12}\)\n", text);
        Assert.Matches(@"\nC /d \(mode 755.* → mode 700.*\)\n", text);
        Assert.Contains("\nA /d/new\n", text, StringComparison.Ordinal);
        Assert.Contains("\nD /gone\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("sha256:\n", text, StringComparison.Ordinal);

        var json = JsonDocument.Parse((await scene.Builder.RunAsync("diff", "--format", "json", "app:1", "app:2")).ExpectSuccess().Output).RootElement;
        var gone = json.GetProperty("files").EnumerateArray().Single(file => file.GetProperty("path").GetString() == "/gone");
        Assert.Equal("D", gone.GetProperty("type").GetString());
        Assert.Equal(JsonValueKind.Null, gone.GetProperty("after").ValueKind);
        Assert.Equal("the images are alike\n", (await scene.Builder.RunAsync("diff", "app:1", "app:1")).ExpectSuccess().Output);
        Assert.Equal("D", (await scene.Builder.RunAsync("diff", "--format", "{{.Type}}", "app:1", "app:2")).ExpectSuccess().Output.Split('\n').Single(line => line == "D"));
        (await scene.Builder.RunAsync("diff", "app:1", "nothing")).Expect(1);
    }
}
