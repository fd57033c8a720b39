using Builder.Containers.Networking;
using Builder.Diagnostics;

namespace Builder.Containers.Tests;

public sealed class PublishedPortTests
{
    [Theory]
    [InlineData("8080:80", "0.0.0.0:8080->80/tcp", "8080:80")]
    [InlineData("53:5353/udp", "0.0.0.0:53->5353/udp", "53:5353")]
    [InlineData("127.0.0.1:8080:80/tcp", "127.0.0.1:8080->80/tcp", "127.0.0.1/8080:80")]
    [InlineData("[::1]:8080:80", "[::1]:8080->80/tcp", "::1/8080:80")]
    public void It_is_read_as_docker_reads_it(string text, string shown, string forPasta)
    {
        var port = Assert.Single(PublishedPort.Parse(text));

        Assert.Equal((shown, forPasta), (port.ToString(), port.ForPasta));
    }

    [Fact]
    public void Ranges_are_as_many_ports()
    {
        Assert.Equal(["0.0.0.0:8000->90/tcp", "0.0.0.0:8001->91/tcp"], PublishedPort.Parse("8000-8001:90-91").Select(port => port.ToString()));
        Assert.Equal([90, 91], PublishedPort.Parse("90-91").Select(port => port.ContainerPort));
    }

    [Theory]
    [InlineData("80")]
    [InlineData("127.0.0.1::80")]
    [InlineData("80/udp")]
    public void A_port_of_the_machine_that_was_not_named_is_a_free_one(string text)
    {
        var port = Assert.Single(PublishedPort.Parse(text)).WithHostPort();

        Assert.InRange(port.HostPort, 1024, 65535);
        Assert.Equal(port, port.WithHostPort());
    }

    [Theory]
    [InlineData("")]
    [InlineData("web:80")]
    [InlineData("80:70000")]
    [InlineData("0:80")]
    [InlineData("80/icmp")]
    [InlineData("80-82:90-91")]
    [InlineData("82-80")]
    [InlineData("nowhere:80:80")]
    [InlineData("80,443:90")]
    public void What_is_no_port_is_refused(string text) =>
        Assert.Equal(ContainersErrors.InvalidPort, Assert.Throws<BuilderException>(() => PublishedPort.Parse(text)).Code);

    [Fact]
    public void Pasta_is_told_of_each_port_and_of_no_other()
    {
        var arguments = PastaProgram.Arguments("/place", [.. PublishedPort.Parse("8080:80"), .. PublishedPort.Parse("127.0.0.1:9:99"), .. PublishedPort.Parse("53:53/udp")]);

        Assert.Equal(
            "pasta --foreground --quiet --runas 0 --config-net --dns-forward 169.254.1.1 --no-map-gw --tcp-ports 8080:80 --tcp-ports 127.0.0.1/9:99 --udp-ports 53:53 --tcp-ns none --udp-ns none --netns /place",
            string.Join(' ', arguments));
        Assert.Contains("--tcp-ports none --udp-ports none", string.Join(' ', PastaProgram.Arguments("/place", [])), StringComparison.Ordinal);
    }
}
