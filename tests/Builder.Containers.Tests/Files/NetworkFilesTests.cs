using Builder.Diagnostics;

namespace Builder.Containers.Tests;

public sealed class NetworkFilesTests
{
    [Fact]
    public void The_hosts_file_has_the_loopback_names_and_the_callers_lines()
    {
        var text = HostsFile.Render("builder", [("db", "10.0.0.5"), ("v6", "fd00::1")]);

        Assert.Equal(
            "127.0.0.1\tlocalhost builder\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nff00::0\tip6-mcastprefix\n"
            + "ff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n10.0.0.5\tdb\nfd00::1\tv6\n",
            text);
    }

    [Fact]
    public void With_the_hosts_network_resolv_conf_stays_as_it_is()
    {
        const string Text = "nameserver 127.0.0.53\noptions edns0\n";

        Assert.Equal(Text, ResolvConf.FromText(Text, () => "", hostNetwork: true));
    }

    [Fact]
    public void With_a_network_of_its_own_loopback_servers_go_and_the_rest_stays()
    {
        var text = ResolvConf.FromText("# comment\nnameserver 127.0.0.1\nnameserver ::1\nnameserver\t9.9.9.9\nsearch a b\noptions ndots:2", () => "", hostNetwork: false);

        Assert.Equal("# comment\nnameserver\t9.9.9.9\nsearch a b\noptions ndots:2\n", text);
    }

    [Fact]
    public void Behind_the_systemd_stub_are_the_real_servers()
    {
        Assert.Equal("nameserver 10.1.1.1\n", ResolvConf.FromText("nameserver 127.0.0.53\nsearch x\n", () => "nameserver 10.1.1.1\n", hostNetwork: false));
    }

    [Fact]
    public void Without_any_server_left_there_is_an_error_and_no_public_server_instead()
    {
        var exception = Assert.Throws<BuilderException>(() => ResolvConf.FromText("nameserver 127.0.0.1\n", () => "", hostNetwork: false));

        Assert.Equal(ContainersErrors.ResolvConf, exception.Code);
    }

    [Fact]
    public void A_missing_file_is_an_empty_one()
    {
        Assert.Equal("", ResolvConf.FromHost("/nonexistent/resolv.conf", hostNetwork: false));
    }

    [Fact]
    public void Servers_domains_and_options_of_the_users_take_the_place_of_the_usual_ones()
    {
        const string Usual = "nameserver 10.0.0.1\nsearch a b\noptions ndots:2\n";

        Assert.Equal(Usual, ResolvConf.With(DnsSettings.None, Usual));
        Assert.Equal("nameserver 9.9.9.9\nsearch a b\noptions ndots:2\n", ResolvConf.With(DnsSettings.Of(["9.9.9.9"], [], []), Usual));
        Assert.Equal("nameserver 10.0.0.1\noptions ndots:2\nsearch c\n", ResolvConf.With(DnsSettings.Of([], ["c"], []), Usual));
        Assert.Equal("nameserver 10.0.0.1\nsearch a b\noptions edns0\n", ResolvConf.With(DnsSettings.Of([], [], ["edns0"]), Usual));
        Assert.Equal("nameserver 10.0.0.1\noptions ndots:2\n", ResolvConf.With(DnsSettings.Of([], ["."], []), Usual));
    }

    [Theory]
    [InlineData("dns.example", "a")]
    [InlineData("1.1.1.1", "a b")]
    [InlineData("1.1.1.1", "a\nnameserver 6.6.6.6")]
    public void What_is_no_server_or_domain_is_refused(string server, string search)
    {
        Assert.Equal(ContainersErrors.InvalidNameServer, Assert.Throws<BuilderException>(() => DnsSettings.Of([server], [search], [])).Code);
    }
}
