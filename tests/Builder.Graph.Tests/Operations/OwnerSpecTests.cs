using Builder.Diagnostics;
using Builder.Graph.Operations;

namespace Builder.Graph.Tests.Operations;

public sealed class OwnerSpecTests
{
    [Theory]
    [InlineData("5", 5u, null, 5u, null)]
    [InlineData("5:", 5u, null, 0u, null)]
    [InlineData(":5", 0u, null, 5u, null)]
    [InlineData("5:6", 5u, null, 6u, null)]
    [InlineData("www", null, "www", null, null)]
    [InlineData("www:", null, "www", 0u, null)]
    [InlineData("www:6", null, "www", 6u, null)]
    [InlineData("5:staff", 5u, null, null, "staff")]
    public void An_owner_is_made_of_numbers_and_names(string text, uint? uid, string? user, uint? gid, string? group)
    {
        var owner = OwnerSpec.Parse(text);

        Assert.Equal(new OwnerSpec(uid, user, gid, group), owner);
        Assert.Equal(user is not null || group is not null, owner.HasNames);
    }

    [Fact]
    public void A_second_colon_is_refused() =>
        Assert.Equal(GraphErrors.InvalidOwner, Assert.Throws<BuilderException>(() => OwnerSpec.Parse("a:b:c")).Code);
}
