using Builder.Cli.Completion;

namespace Builder.Cli.Tests.Completion;

public sealed class CompleterTests
{
    [Theory]
    [InlineData("bui", "build")]
    [InlineData("image l", "")]
    [InlineData("build --targ", "--target")]
    [InlineData("build --target ", "base,final")]
    [InlineData("build --target=f", "--target=final")]
    [InlineData("build -f other.Dockerfile --target ", "other")]
    [InlineData("build --progress p", "plain")]
    [InlineData("build --progress=t", "--progress=tty")]
    [InlineData("build --pull=n", "--pull=never,--pull=newer")]
    [InlineData("inspect ", "app:1,other:latest")]
    [InlineData("image inspect a", "app:1")]
    [InlineData("rmi app:1 o", "other:latest")]
    [InlineData("tag app:1 o", "other:latest")]
    [InlineData("tag app:1 x ", "")]
    [InlineData("cache ", "du,export,import,ls,rm")]
    [InlineData("logs ", "web")]
    [InlineData("stop w", "web")]
    [InlineData("completion z", "zsh")]
    [InlineData("rmi -- a", "app:1")]
    [InlineData("rmi --fsync n", "never")]
    [InlineData("nonsense x", "")]
    public void Values_fit_the_place(string line, string expected)
    {
        var found = Complete(line).Values.Select(value => value.Value).ToArray();
        Assert.Equal(expected.Split(',', StringSplitOptions.RemoveEmptyEntries), found);
    }

    [Theory]
    [InlineData("build ", "Folders")]
    [InlineData("build -f ", "Files")]
    [InlineData("load -i ", "Files")]
    [InlineData("build --progress ", "None")]
    [InlineData("rmi ", "None")]
    public void Paths_are_left_to_the_shell(string line, string expected) => Assert.Equal(expected, Complete(line).Paths.ToString());

    [Fact]
    public void Every_option_that_is_shown_is_offered()
    {
        var offered = Complete("build --").Values.Select(value => value.Value).ToArray();
        Assert.Contains("--build-arg", offered);
        Assert.Contains("--store-budget", offered);
    }

    private static Completions Complete(string line) => new Completer(CommandLine.CreateRoot(), new Sources()).Complete(line.Split(' '));

    private sealed class Sources : CompletionSources
    {
        protected override IReadOnlyList<string> ImageNames() => ["app:1", "other:latest"];

        protected override IReadOnlyList<string> ContainerNames() => ["web"];

        protected override IReadOnlyList<string> Stages(string path) => path == "Dockerfile" ? ["base", "final"] : ["other"];
    }
}
