using System.Buffers.Binary;
using System.Text;

namespace Builder.Engine.Ssh;

/// <summary>Tells whether a private key can be used as it is. Nothing but its header is looked at.</summary>
internal static class PrivateKeyFile
{
    private const string OpenSshBegin = "-----BEGIN OPENSSH PRIVATE KEY-----";
    private const string OpenSshEnd = "-----END OPENSSH PRIVATE KEY-----";
    private const string UseAgent = "load it into an agent (ssh-add) and give the agent: --ssh default";

    private static ReadOnlySpan<byte> Magic => "openssh-key-v1\0"u8;

    /// <summary>What is wrong with a key file and what to do; null when nothing is.</summary>
    public static (string What, string WayOut)? Problem(string text)
    {
        if (!text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            return ("is no private key", "give the private one of the two files, without .pub");
        }

        var isEncrypted = text.Contains("ENCRYPTED", StringComparison.Ordinal) || (text.Contains(OpenSshBegin, StringComparison.Ordinal) && CipherOf(text) is not ("none" or null));
        return isEncrypted ? ("has a passphrase", UseAgent) : null;
    }

    private static string? CipherOf(string text)
    {
        var begin = text.IndexOf(OpenSshBegin, StringComparison.Ordinal) + OpenSshBegin.Length;
        var end = text.IndexOf(OpenSshEnd, begin, StringComparison.Ordinal);
        var base64 = end < 0 ? "" : string.Concat(text[begin..end].Where(c => !char.IsWhiteSpace(c)));
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length) || length < Magic.Length + sizeof(int) || !bytes.AsSpan().StartsWith(Magic))
        {
            return null;
        }

        var rest = bytes.AsSpan(Magic.Length, length - Magic.Length);
        var size = BinaryPrimitives.ReadUInt32BigEndian(rest);
        return size <= rest.Length - sizeof(int) ? Encoding.ASCII.GetString(rest.Slice(sizeof(int), (int)size)) : null;
    }
}
