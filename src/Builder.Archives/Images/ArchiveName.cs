using System.Text;

namespace Builder.Archives.Images;

/// <summary>
/// Names inside an archive as keys to look up: without <c>./</c>, doubled slashes and <c>..</c>, one character a byte. They are
/// compared with each other and never used as paths on this machine.
/// </summary>
internal static class ArchiveName
{
    /// <summary>Null for a name that leads out of the archive.</summary>
    public static string? Key(ReadOnlySpan<byte> name, string folder = "")
    {
        var parts = new List<string>();
        var text = Encoding.Latin1.GetString(name);
        foreach (var part in (text is ['/', ..] ? text : folder + "/" + text).Split('/'))
        {
            if (part == "..")
            {
                if (parts.Count == 0)
                {
                    return null;
                }

                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    /// <summary>The key of a name from a JSON document.</summary>
    public static string? Key(string name) => Key(Encoding.UTF8.GetBytes(name));

    /// <summary>The key of a symbolic link's target, which counts from where the link is.</summary>
    public static string? LinkKey(string link, ReadOnlySpan<byte> target) => Key(target, link[..Math.Max(0, link.LastIndexOf('/'))]);
}
