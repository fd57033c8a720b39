using System.Net;
using System.Net.Sockets;
using Builder.Containers.Networking;

namespace Builder.Containers.Tests;

public sealed class PrivateNetworkTests : ContainerTest
{
    [Fact]
    public async Task It_has_an_address_a_way_out_and_loopback_and_is_not_the_hosts()
    {
        using var network = await PrepareAsync();

        var seen = await InAsync(network, "readlink /proc/self/ns/net; ip route; ip addr show lo");

        Assert.DoesNotContain(new FileInfo("/proc/self/ns/net").LinkTarget!, seen, StringComparison.Ordinal);
        Assert.Contains("default via", seen, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1/8", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hosts_loopback_is_not_reached_through_any_address_of_the_host()
    {
        using var network = await PrepareAsync();
        using var server = new TcpListener(IPAddress.Any, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;

        var seen = await InAsync(network, $"for a in 127.0.0.1 $(ip route | grep default | tr ' ' '\\n' | grep -m 1 '^[0-9]*[.]') $(ip addr | grep -o 'inet [0-9.]*' | tr -d 'inet '); do nc -w 2 $a {port} </dev/null && echo reached $a; done; echo end");

        Assert.Equal("end\n", seen);
        Assert.False(server.Pending());
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.170.2")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    public async Task Cloud_metadata_is_prohibited(string address)
    {
        using var network = await PrepareAsync();

        var seen = await InAsync(network, $"nc -w 2 {address} 80 </dev/null 2>&1; ip route get {address} 2>&1; true");

        Assert.Contains("ermission denied", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_name_server_answers_what_the_hosts_does()
    {
        Assert.SkipUnless(await HostResolvesAsync(), "no name server answers on this machine");
        using var network = await PrepareAsync();

        var seen = await InAsync(network, $"nslookup -type=a builder.invalid {PrivateNetwork.NameServer} 2>&1; true");

        Assert.DoesNotContain("timed out", seen, StringComparison.Ordinal);
        Assert.Contains($"Server:\t\t{PrivateNetwork.NameServer}", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pool_gives_each_container_a_network_of_its_own_and_one_that_came_back_again()
    {
        SkipUnlessPossible();
        await using var pool = new PrivateNetworkPool(NewPlace);
        pool.Prepare();
        var (first, second) = (await pool.TakeAsync(), await pool.TakeAsync());
        const string Listen = "nc -l -p 80 & while ! nc -w 1 127.0.0.1 80 </dev/null; do sleep 0.05; done; echo mine";

        Assert.Equal(["mine\n", "mine\n"], await Task.WhenAll(InAsync(first, Listen), InAsync(second, Listen)));
        pool.GiveBack(first);
        Assert.Same(first, await pool.TakeAsync());
    }

    [Fact]
    public async Task A_published_port_of_the_machine_leads_in_and_no_other_does()
    {
        SkipUnlessPossible();
        var published = PublishedPort.Parse("127.0.0.1::80")[0].WithHostPort();
        using var network = await PrivateNetwork.PrepareAsync(NewPlace(), published);
        var serving = InAsync(network, "while ! echo from inside | nc -l -p 80; do :; done");

        var said = "";
        for (var attempt = 0; attempt < 200 && said.Length == 0; attempt++)
        {
            // pasta takes the connection before anybody listens inside, and ends it then.
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, published.HostPort, TestContext.Current.CancellationToken);
            try
            {
                said = await new StreamReader(client.GetStream()).ReadToEndAsync(TestContext.Current.CancellationToken);
            }
            catch (IOException)
            {
                await Task.Delay(25, TestContext.Current.CancellationToken);
            }
        }

        Assert.Equal("from inside\n", said);
        await serving;
    }

    [Fact]
    public async Task Nothing_of_it_stays()
    {
        var place = NewPlace();
        SkipUnlessPossible();
        var network = await PrivateNetwork.PrepareAsync(place);
        Assert.Contains(RunningArguments(), arguments => arguments.Contains(place, StringComparison.Ordinal));

        network.Dispose();

        Assert.DoesNotContain(RunningArguments(), arguments => arguments.Contains(place, StringComparison.Ordinal));
        Assert.False(File.Exists(place));
        Assert.DoesNotContain(place, File.ReadAllText("/proc/mounts"), StringComparison.Ordinal);
    }

    private static void SkipUnlessPossible() => Assert.SkipWhen(PrivateNetwork.Obstacle is not null, PrivateNetwork.Obstacle ?? "");

    private static IEnumerable<string> RunningArguments() => Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)).Select(path =>
    {
        try
        {
            return File.ReadAllText(path + "/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    });

    private static async Task<bool> HostResolvesAsync()
    {
        var server = File.ReadLines("/etc/resolv.conf").Select(line => line.Split(' ')).FirstOrDefault(words => words is ["nameserver", _])?[1];
        if (!IPAddress.TryParse(server, out var address))
        {
            return false;
        }

        using var socket = new UdpClient(address.AddressFamily);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        byte[] question = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, .. "builder"u8, 7, .. "invalid"u8, 0, 0, 1, 0, 1];
        try
        {
            await socket.SendAsync(question, new IPEndPoint(address, 53), patience.Token);
            await socket.ReceiveAsync(patience.Token);
            return true;
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            return false;
        }
    }

    private string NewPlace() => Root.Beside($"network-{Guid.NewGuid():n}");

    private Task<PrivateNetwork> PrepareAsync()
    {
        SkipUnlessPossible();
        return PrivateNetwork.PrepareAsync(NewPlace());
    }

    private async Task<string> InAsync(PrivateNetwork network, string command)
    {
        var (upper, work) = (Root.Make($"u{Guid.NewGuid():n}"), Root.Make($"w{Guid.NewGuid():n}"));
        var spec = Root.Shell(command) with
        {
            Network = NetworkMode.Private,
            NetworkNamespace = network.Namespace,
            Root = new OverlayRoot([Root.Lower], upper, work),
        };
        var outcome = await Outcome.OfAsync(spec);
        return outcome.Stdout;
    }
}
