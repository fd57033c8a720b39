using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Builder.Archives.Tar;

namespace Builder.Engine.Tests.Whole;

/// <summary>
/// The files that a stack of layer tars comes to, by the rules of the OCI layer format and nothing else: an oracle that shares
/// only the tar reader with the program.
/// </summary>
internal sealed class LayeredTree
{
    private const string Whiteout = ".wh.";
    private const string Opaque = ".wh..wh..opq";
    private static readonly byte[] Busybox = SHA256.HashData(File.ReadAllBytes(CorpusFolders.Busybox));
    private readonly SortedDictionary<string, Node> nodes = new(StringComparer.Ordinal);

    /// <summary>One line a file: <c>f 644 0:0 dir/file "content"</c>, <c>l 777 0:0 link -> target</c>.</summary>
    public IEnumerable<string> Lines(bool twins = true) => nodes.Select(node => node.Value.Line(node.Key, twins));

    /// <summary>Puts a layer on top.</summary>
    /// <returns>The names in the tar, in its order, a folder's with a slash.</returns>
    public IReadOnlyList<string> Apply(Stream tar)
    {
        var names = new List<string>();
        var own = new HashSet<string>(StringComparer.Ordinal);
        using var reader = new TarReader(tar);
        while (reader.Next() is { } entry)
        {
            var path = Encoding.Latin1.GetString(entry.Name.Span).Trim('/');
            path = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
            if (path is "" or ".")
            {
                continue;
            }

            names.Add(entry.Kind == TarEntryKind.Directory ? path + "/" : path);
            var slash = path.LastIndexOf('/');
            var (parent, name) = (path[..(slash + 1)], path[(slash + 1)..]);
            if (name == Opaque)
            {
                RemoveBelow(parent, own);
            }
            else if (name.StartsWith(Whiteout, StringComparison.Ordinal))
            {
                var gone = parent + name[Whiteout.Length..];
                Assert.True(nodes.Remove(gone), $"{path} hides what no layer below has");
                RemoveBelow(gone + "/", own);
            }
            else
            {
                Assert.True(own.Add(path), $"{path} is twice in one layer");
                Put(path, entry, reader);
            }
        }

        return names;
    }

    private void Put(string path, TarEntry entry, TarReader reader)
    {
        if (entry.Kind == TarEntryKind.HardLink)
        {
            var target = Encoding.Latin1.GetString(entry.LinkName.Span).Trim('/');
            Assert.True(nodes.ContainsKey(target), $"{path} is a link to {target}, which is not there yet");
            nodes[path] = nodes[target] with { Twin = target };
            return;
        }

        if (entry.Kind != TarEntryKind.Directory)
        {
            RemoveBelow(path + "/", []);
        }

        nodes[path] = new Node(Letter(entry.Kind), entry.Mode, entry.UserId, entry.GroupId, Detail(entry, reader) + Xattrs(entry), null);
    }

    private void RemoveBelow(string prefix, HashSet<string> except)
    {
        foreach (var path in nodes.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal) && !except.Contains(path)).ToArray())
        {
            nodes.Remove(path);
        }
    }

    private static char Letter(TarEntryKind kind) => kind switch
    {
        TarEntryKind.File => 'f',
        TarEntryKind.Directory => 'd',
        TarEntryKind.SymbolicLink => 'l',
        TarEntryKind.Fifo => 'p',
        TarEntryKind.CharacterDevice => 'c',
        var other => other.ToString()[0],
    };

    private static string Detail(TarEntry entry, TarReader reader)
    {
        switch (entry.Kind)
        {
            case TarEntryKind.SymbolicLink:
                return " -> " + Encoding.Latin1.GetString(entry.LinkName.Span);
            case TarEntryKind.CharacterDevice or TarEntryKind.BlockDevice:
                return string.Create(CultureInfo.InvariantCulture, $" {entry.DeviceMajor}:{entry.DeviceMinor}");
            case TarEntryKind.File:
                var content = new byte[entry.Size];
                for (var offset = 0; reader.Read(content.AsSpan(offset)) is var count and > 0;)
                {
                    offset += count;
                }

                return Described(content);
            default:
                return "";
        }
    }

    /// <summary>A text in quotes; the machine's own busybox by its name, because it is another one elsewhere.</summary>
    private static string Described(byte[] content)
    {
        if (content.Length <= 600 && Array.TrueForAll(content, value => value is >= 32 and < 127 or 9 or 10 or 13))
        {
            return " \"" + Encoding.ASCII.GetString(content).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal) + "\"";
        }

        var digest = SHA256.HashData(content);
        return digest.AsSpan().SequenceEqual(Busybox) ? " busybox" : string.Create(CultureInfo.InvariantCulture, $" {content.Length} bytes sha256:{Convert.ToHexStringLower(digest)}");
    }

    private static string Xattrs(TarEntry entry) => string.Concat(
        entry.Xattrs.Select(attribute => $" {Encoding.UTF8.GetString(attribute.Name.Span)}={Convert.ToHexStringLower(attribute.Value.Span)}").Order(StringComparer.Ordinal));

    private sealed record Node(char Letter, uint Mode, long UserId, long GroupId, string Detail, string? Twin)
    {
        public string Line(string path, bool twins) =>
            $"{Letter} {Convert.ToString(Mode, 8)} {UserId}:{GroupId} {path}{Detail}{(twins && Twin is not null ? " = " + Twin : "")}";
    }
}
