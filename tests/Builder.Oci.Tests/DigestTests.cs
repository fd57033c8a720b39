using Builder.Diagnostics;
using CsCheck;

namespace Builder.Oci.Tests;

public sealed class DigestTests
{
    [Fact]
    public void The_digest_of_nothing_is_the_known_one() =>
        Assert.Equal("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Digest.Of([]).ToString());

    [Fact]
    public void What_is_written_can_be_read() =>
        Gen.Byte.Array.Sample(bytes => Digest.Parse(Digest.Of(bytes).ToString()) == Digest.Of(bytes));

    /// <summary>CVE-2024-3727: a digest becomes part of a path, so nothing but 64 lower-case hex digits may pass.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("sha256:../../../../../../../../../../../../../../../../../../../../etc/passwd0")]
    [InlineData("sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85")]
    [InlineData("sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n")]
    public void Anything_else_is_refused(string text)
    {
        var error = Assert.Throws<BuilderException>(() => Digest.Parse(text));
        Assert.Equal(OciErrors.InvalidDigest, error.Code);
    }

    [Fact]
    public void Random_text_never_passes_by_accident() =>
        Gen.String.Sample(text => !Digest.TryParse(text, out var digest) || digest.ToString() == text);

    [Fact]
    public void The_default_value_names_nothing() =>
        Assert.Throws<InvalidOperationException>(() => default(Digest).Hex);
}
