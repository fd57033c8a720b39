using System.Text;

namespace Builder.Containers;

/// <summary>What a container reads in <c>/etc/hosts</c>.</summary>
public static class HostsFile
{
    /// <summary>The loopback names, the container's own name, then the caller's lines in their order.</summary>
    /// <param name="extraHosts">Name and address, as of <c>--add-host</c>.</param>
    public static string Render(string hostname, IEnumerable<(string Name, string Address)> extraHosts)
    {
        ArgumentNullException.ThrowIfNull(extraHosts);
        var text = new StringBuilder()
            .Append("127.0.0.1\tlocalhost ").Append(hostname).Append('\n')
            .Append("::1\tlocalhost ip6-localhost ip6-loopback\n")
            .Append("fe00::0\tip6-localnet\n")
            .Append("ff00::0\tip6-mcastprefix\n")
            .Append("ff02::1\tip6-allnodes\n")
            .Append("ff02::2\tip6-allrouters\n");
        foreach (var (name, address) in extraHosts)
        {
            text.Append(address).Append('\t').Append(name).Append('\n');
        }

        return text.ToString();
    }
}
