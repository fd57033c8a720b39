using Builder.Oci;
using Builder.Storage.Records;

namespace Builder.Storage.Hints;

/// <summary>
/// What is good to know and never needed, <c>hints/&lt;kind&gt;/&lt;hex&gt;</c>: which files a key was made of, what a folder was
/// found to hold. Whoever misses one finds it out again; the collector keeps them within a bound.
/// </summary>
public sealed class HintStore
{
    /// <summary>How much all hints together may take.</summary>
    public const long Budget = 64 << 20;

    private const int HexLength = 64;
    private readonly string folder;
    private readonly AtomicFile files;
    private readonly bool readOnly;
    private readonly TimeProvider time;

    internal HintStore(string folder, AtomicFile files, bool readOnly, TimeProvider time)
    {
        this.folder = folder;
        this.files = files;
        this.readOnly = readOnly;
        this.time = time;
    }

    /// <summary>The hint of a kind about something; null when there is none, or none that is whole.</summary>
    /// <param name="kind">A word; names a folder.</param>
    public byte[]? Find(string kind, Digest about, int maxSize)
    {
        var path = PathOf(kind, about);
        try
        {
            if (AtomicFile.TryRead(path, maxSize + HexLength) is not { Length: > HexLength } stored)
            {
                return null;
            }

            var content = stored.AsSpan(HexLength);
            return stored.AsSpan(0, HexLength).SequenceEqual(System.Text.Encoding.ASCII.GetBytes(Digest.Of(content).Hex)) ? content.ToArray() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Diagnostics.BuilderException)
        {
            return null;
        }
    }

    public bool Contains(string kind, Digest about) => File.Exists(PathOf(kind, about));

    /// <summary>Remembers a hint in place of an earlier one. What keeps it from being written is not worth an error.</summary>
    public void Set(string kind, Digest about, ReadOnlySpan<byte> content)
    {
        if (readOnly)
        {
            return;
        }

        try
        {
            byte[] stored = [.. System.Text.Encoding.ASCII.GetBytes(Digest.Of(content).Hex), .. content];
            files.Write(PathOf(kind, about), stored);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Diagnostics.BuilderException)
        {
            // It is found out again.
        }
    }

    /// <summary>Says that a hint was of use, so that others go first.</summary>
    public void Touch(string kind, Digest about)
    {
        try
        {
            File.SetLastWriteTimeUtc(PathOf(kind, about), time.GetUtcNow().UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody removed it, or may not be written to.
        }
    }

    /// <summary>Removes the hints that were not of use for longest, until the rest fits.</summary>
    internal void Trim(long budget)
    {
        var left = budget;
        foreach (var file in Directory.Exists(folder)
            ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderByDescending(file => file.LastWriteTimeUtc).ThenBy(file => file.Name, StringComparer.Ordinal).ToArray()
            : [])
        {
            left -= file.Length;
            if (left < 0)
            {
                file.Delete();
            }
        }
    }

    private string PathOf(string kind, Digest about) => Path.Combine(folder, kind, about.Hex);
}
