namespace Builder.EndToEnd.Support;

/// <summary>A builder with an image called <c>app</c>, for tests of working containers.</summary>
public sealed class ContainerScene : IDisposable
{
    /// <summary>A program that says when it is ready, and ends when it is asked to.</summary>
    public const string Service = "trap 'echo bye; exit 4' TERM; echo ready; while :; do sleep 0.1; done";

    private readonly BuildScene scene;

    private ContainerScene(BuildScene scene) => this.scene = scene;

    public BuilderProgram Builder => scene.Builder;

    public TestFolder Files => scene.Files;

    public static async Task<ContainerScene> CreateAsync(Caller caller = Caller.Root, Flavour flavour = Flavour.Native)
    {
        var scene = new BuildScene(caller, flavour);
        (await scene.BuildAsync("FROM base\nRUN echo built > /built\nENV A=1\nCMD [\"sh\", \"-c\", \"echo hello $A\"]\n", "-t", "app")).ExpectSuccess();
        return new ContainerScene(scene);
    }

    public Task<ToolResult> RunAsync(params string[] arguments) => Builder.RunAsync(arguments);

    public async Task<string> OutputAsync(params string[] arguments) => (await Builder.RunAsync(arguments)).ExpectSuccess().Output;

    /// <summary>Starts <see cref="Service"/> in the background and waits until it is ready.</summary>
    public async Task<string> StartServiceAsync(string name, params string[] options)
    {
        var id = (await OutputAsync(["run", "-d", "--name", name, .. options, "app", "sh", "-c", Service])).Trim();
        await UntilAsync(async () => (await OutputAsync("logs", name)).Contains("ready", StringComparison.Ordinal));
        return id;
    }

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 200; i++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(50);
        }

        Assert.Fail("it did not come to that");
    }

    /// <summary>No supervisor, no container process, no control group.</summary>
    public void AssertNothingIsLeftOf(string id)
    {
        var lines = Directory.EnumerateDirectories("/proc").Select(folder =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return "";
            }
        });
        Assert.DoesNotContain(lines, line => line.Contains(id, StringComparison.Ordinal));
        Builder.AssertNothingIsLeftBehind();
    }

    public void Dispose()
    {
        // Containers of a failed test must not outlive it.
        var left = Builder.RunAsync("ps", "-q").GetAwaiter().GetResult().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (left.Length > 0)
        {
            Builder.RunAsync(["rm", "-f", .. left]).GetAwaiter().GetResult();
        }

        scene.Dispose();
    }
}
