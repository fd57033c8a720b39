using System.Text;

namespace Builder.Storage.Layers;

/// <summary>Names inside images are bytes; this is how they are shown to people.</summary>
internal static class GuestName
{
    internal static string Printable(ReadOnlySpan<byte> name) =>
        string.Concat(Encoding.UTF8.GetString(name).Select(c => char.IsControl(c) ? '?' : c));
}
