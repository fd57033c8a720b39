using System.Text;
using Builder.Engine.Copying;

namespace Builder.Engine.Anatomy;

/// <summary>An entry of a layer, or of what layers make together.</summary>
/// <param name="Key">The path as <see cref="GuestPath.Key"/> has it: compares as bytes do. Empty for the root.</param>
public sealed record LayerEntry(string Key, FileFacts Facts)
{
    /// <summary>Of a hard link, the key of the file whose bytes it shares.</summary>
    public string? LinkKey { get; init; }

    /// <summary>The content of a file that somebody wanted to look into.</summary>
    public byte[]? Content { get; init; }

    /// <summary>The path as text; bytes that are no UTF-8 are replaced.</summary>
    public string Path => PathOf(Key);

    internal static string PathOf(string key) => Encoding.UTF8.GetString(GuestPath.FromKey(key));

    /// <summary>The key of a path as archives write it, with or without <c>./</c> before and <c>/</c> after it.</summary>
    internal static string KeyOf(ReadOnlySpan<byte> name)
    {
        while (name.StartsWith("./"u8) || name.StartsWith("/"u8))
        {
            name = name[(name[0] == '/' ? 1 : 2)..];
        }

        name = name.TrimEnd((byte)'/');
        return name.SequenceEqual("."u8) ? "" : GuestPath.Key(name);
    }
}
