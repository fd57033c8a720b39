namespace Builder.Containers.Tests.Hostile;

/// <summary>Somebody swaps names for links while mounts are made.</summary>
public sealed class SourceRaceTests : ContainerTest
{
    /// <summary>CVE-2024-11218: the source of a bind is checked, swapped for a link to the host, and then opened.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_source_that_is_swapped_for_a_link_meanwhile_never_shows_the_host(bool overlay)
    {
        var (layer, canary) = (Root.Make("layer"), Root.Make("canary"));
        File.WriteAllText(Path.Combine(canary, "file"), "of the host\n");
        Directory.CreateDirectory(Path.Combine(layer, "place"));
        File.WriteAllText(Path.Combine(layer, "place/file"), "of the image\n");
        Directory.CreateDirectory(Path.Combine(Root.Lower, "mnt"));
        using var swapper = new Swapper(Path.Combine(layer, "place"), canary);
        var seen = new List<string>();

        for (var i = 0; i < 60; i++)
        {
            var spec = Root.Shell("cat /mnt/file") with
            {
                Root = new OverlayRoot([Root.Lower], Root.Make($"u{i}"), Root.Make($"w{i}")),
                Mounts = [new LayersMount(overlay ? [layer, Root.Make("empty")] : [layer], "/place", "/mnt")],
            };
            try
            {
                seen.Add((await Outcome.OfAsync(spec)).Stdout);
            }
            catch (Diagnostics.BuilderException)
            {
                // Neither a folder nor a link at that moment.
            }
        }

        Assert.True(swapper.Count > 10, "nothing was swapped");
        Assert.DoesNotContain(seen, text => text.Contains("host", StringComparison.Ordinal));
        Assert.Contains("of the image\n", seen);
    }

    /// <summary>Makes a folder a link, and a folder again, until it is disposed.</summary>
    private sealed class Swapper : IDisposable
    {
        private readonly CancellationTokenSource enough = new();
        private readonly Task swapping;

        public Swapper(string place, string target) => swapping = Task.Run(() =>
        {
            while (!enough.IsCancellationRequested)
            {
                Directory.Move(place, place + ".aside");
                File.CreateSymbolicLink(place, target);
                File.Delete(place);
                Directory.Move(place + ".aside", place);
                Count++;
            }
        });

        public int Count { get; private set; }

        public void Dispose()
        {
            enough.Cancel();
            swapping.GetAwaiter().GetResult();
            enough.Dispose();
        }
    }
}
