using System.Text;
using Builder.Linux.Files;

namespace Builder.Storage.Layers;

/// <summary>
/// The modification times that directories are to have, set when nothing more is put into them. Paths are kept as text of
/// one character a byte, the cheapest key that loses nothing.
/// </summary>
internal sealed class DirectoryTimes
{
    private readonly SortedDictionary<string, FileTime> times = new(StringComparer.Ordinal);

    internal void Set(IEnumerable<byte[]> path, FileTime modified) =>
        times[string.Join('/', path.Select(Encoding.Latin1.GetString))] = modified;

    internal void Apply(DirectoryHandle root)
    {
        var chain = new List<(string Name, DirectoryHandle Handle)>();
        try
        {
            foreach (var (path, modified) in times)
            {
                Apply(root, chain, path.Length == 0 ? [] : path.Split('/'), modified);
            }
        }
        finally
        {
            Cut(chain, 0);
        }
    }

    private static void Apply(DirectoryHandle root, List<(string Name, DirectoryHandle Handle)> chain, string[] path, FileTime modified)
    {
        var shared = 0;
        while (shared < chain.Count && shared < path.Length && chain[shared].Name == path[shared])
        {
            shared++;
        }

        Cut(chain, shared);
        for (var i = shared; i < path.Length; i++)
        {
            // What an archive makes and then replaces by something else has no time to set.
            if ((i == 0 ? root : chain[i - 1].Handle).TryOpenDirectory(Encoding.Latin1.GetBytes(path[i])) is not { } next)
            {
                return;
            }

            chain.Add((path[i], next));
        }

        (path.Length == 0 ? root : chain[^1].Handle).SetTimes(DirectoryHandle.Self, modified);
    }

    private static void Cut(List<(string Name, DirectoryHandle Handle)> chain, int depth)
    {
        for (var i = chain.Count - 1; i >= depth; i--)
        {
            chain[i].Handle.Dispose();
            chain.RemoveAt(i);
        }
    }
}
