namespace Builder.Cli.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Each_verb_can_be_made_alone()
    {
        var all = CommandLine.CreateRoot().Subcommands;
        Assert.Equal(all.Count, all.Select(verb => verb.Name).Distinct().Count());
        Assert.All(all, verb =>
        {
            var alone = Assert.Single(CommandLine.CreateRoot(verb.Name).Subcommands);
            Assert.Equal(verb.Name, alone.Name);
        });
    }
}
