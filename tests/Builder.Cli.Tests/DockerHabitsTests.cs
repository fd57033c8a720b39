namespace Builder.Cli.Tests;

public sealed class DockerHabitsTests
{
    [Theory]
    [InlineData("image ls -q", "images -q")]
    [InlineData("buildx build -t x .", "build -t x .")]
    [InlineData("system df -v", "df -v")]
    [InlineData("container prune", "container prune")]
    [InlineData("build image ls", "build image ls")]
    [InlineData("image", "image")]
    public void Dockers_two_words_are_one_verb(string line, string expected) => Assert.Equal(expected, string.Join(' ', DockerHabits.Rewrite(line.Split(' '))));

    [Fact]
    public void What_Builder_has_is_not_called_missing()
    {
        var root = CommandLine.CreateRoot();
        Assert.All(root.Subcommands, verb => Assert.Null(DockerHabits.InsteadOfVerb(verb.Name)));
        foreach (var verb in root.Subcommands)
        {
            Assert.All(verb.Options, option => Assert.Null(DockerHabits.InsteadOfOption(verb.Name, option.Name)));
        }
    }
}
