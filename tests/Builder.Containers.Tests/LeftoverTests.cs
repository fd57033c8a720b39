using Builder.Diagnostics;

namespace Builder.Containers.Tests;

[CollectionDefinition(nameof(LeftoverTests), DisableParallelization = true)]
public sealed class Alone;

/// <summary>What other tests do at the same time would disturb these.</summary>
[Collection(nameof(LeftoverTests))]
public sealed class LeftoverTests : ContainerTest
{
    [Fact]
    public async Task Nothing_of_ours_stays_mounted_on_the_host()
    {
        await OutputOfAsync("true");

        Assert.DoesNotContain(Root.Upper, File.ReadAllText("/proc/self/mounts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Our_own_descriptors_are_closed_again()
    {
        await OutputOfAsync("true");
        var before = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        for (var i = 0; i < 20; i++)
        {
            await OutputOfAsync("true");
            await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(Root.Spec("nosuch")));
        }

        Assert.InRange(Directory.GetFileSystemEntries("/proc/self/fd").Length, 0, before + 2);
    }
}
