using System.Text;

namespace Builder.Archives.Tar;

/// <summary>Names from outside, made fit for a message.</summary>
internal static class Printable
{
    private const int MaxLength = 200;

    public static string Text(ReadOnlySpan<byte> name)
    {
        var cut = name.Length > MaxLength;
        var text = Encoding.UTF8.GetString(cut ? name[..MaxLength] : name);
        return string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) + (cut ? "…" : "");
    }
}
