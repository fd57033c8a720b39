namespace Builder.Oci.Tests;

public sealed class ChainIdTests
{
    private static readonly DiffId A = new(Digest.OfText("a"));
    private static readonly DiffId B = new(Digest.OfText("b"));

    [Fact]
    public void The_chain_of_one_layer_is_its_diff_id() => Assert.Equal(A.Digest, ChainId.Of(A).Digest);

    [Fact]
    public void The_chain_of_two_is_the_hash_of_chain_space_diff_id() =>
        Assert.Equal(Digest.OfText($"{A} {B}"), ChainId.Stack([A, B])[1].Digest);

    [Fact]
    public void Order_matters() => Assert.NotEqual(ChainId.Stack([A, B])[1], ChainId.Stack([B, A])[1]);
}
