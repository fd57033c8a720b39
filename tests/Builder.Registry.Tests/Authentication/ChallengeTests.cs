using Builder.Registry.Authentication;
using CsCheck;

namespace Builder.Registry.Tests;

public sealed class ChallengeTests
{
    [Fact]
    public void Several_challenges_in_one_header_are_told_apart()
    {
        var challenges = Challenge.Parse("""Basic realm="a, b", Bearer realm="https://auth/t",service="s",scope="repository:a/b:pull,push registry:catalog:*",error="invalid_token" """);
        Assert.Equal(["Basic", "Bearer"], challenges.Select(c => c.Scheme));
        Assert.Equal("a, b", challenges[0]["realm"]);
        Assert.Equal("repository:a/b:pull,push registry:catalog:*", challenges[1]["scope"]);
    }

    [Theory]
    [InlineData("bearer REALM=https://auth/t?x=1, service = s", "https://auth/t?x=1", "s")]
    [InlineData("Bearer realm=\"a\\\"b\",service=\"\"", "a\"b", "")]
    [InlineData("Bearer realm=\"unclosed", "unclosed", null)]
    [InlineData("Negotiate, Bearer realm=\"x\"", "x", null)]
    public void Sloppy_challenges_are_understood(string header, string realm, string? service)
    {
        var bearer = Challenge.Parse(header).Single(c => c.IsBearer);
        Assert.Equal(realm, bearer["realm"]);
        Assert.Equal(service, bearer["service"]);
    }

    [Fact]
    public void What_is_written_as_a_challenge_is_read_as_that_challenge() =>
        Gen.Select(Gen.String[Gen.Char["abcxyz"], 1, 8], Gen.String[Gen.Char["ab,= \\\"\t:/"], 0, 20]).List[1, 4].Sample(parameters =>
        {
            var unique = parameters.DistinctBy(p => p.Item1).ToList();
            var header = "Bearer " + string.Join(",", unique.Select(p => $"{p.Item1}=\"{p.Item2.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));
            var read = Assert.Single(Challenge.Parse(header));
            Assert.Equal(unique.ToDictionary(p => p.Item1, p => p.Item2), read.Parameters);
        });

    [Fact]
    public void No_header_is_read_forever_or_throws() =>
        Gen.String[Gen.Char["ab=,\" \t\\é"], 0, 40].Sample(header => { Challenge.Parse(header); });
}
