namespace Builder.Cli.Tests;

public class StoreLocationTests
{
    [Fact]
    public void The_chosen_place_goes_before_all() =>
        Assert.Equal("/x", Choose(isRoot: true, ("BUILDER_ROOT", "/x"), ("HOME", "/home/u")));

    [Fact]
    public void A_chosen_place_is_meant_from_the_current_folder() =>
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "store"), Choose(isRoot: false, ("BUILDER_ROOT", "./store")));

    [Fact]
    public void An_empty_choice_is_none() => Assert.Equal("/var/lib/builder", Choose(isRoot: true, ("BUILDER_ROOT", "")));

    [Fact]
    public void Root_has_the_systems_place_and_users_their_own()
    {
        Assert.Equal("/var/lib/builder", Choose(isRoot: true, ("HOME", "/root")));
        Assert.Equal("/home/u/.local/share/builder", Choose(isRoot: false, ("HOME", "/home/u")));
        Assert.Equal("/data/builder", Choose(isRoot: false, ("HOME", "/home/u"), ("XDG_DATA_HOME", "/data")));
        Assert.Equal("/home/u/.local/share/builder", Choose(isRoot: false, ("HOME", "/home/u"), ("XDG_DATA_HOME", "")));
    }

    private static string Choose(bool isRoot, params (string Name, string Value)[] variables) =>
        StoreLocation.Choose(name => variables.FirstOrDefault(variable => variable.Name == name).Value, isRoot);
}
