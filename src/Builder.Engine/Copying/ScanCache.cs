using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage.Hints;

namespace Builder.Engine.Copying;

/// <summary>
/// The digests of a build context's files as an earlier build found them, so that a file that nobody touched is not read again. A
/// file is the same when file system, inode, size, modification time and change time are; the last of them nobody can set. What was
/// touched within the last seconds is not remembered, since it may be touched again within the same tick of the clock.
/// </summary>
internal sealed class ScanCache
{
    private const string Kind = "scan";
    private const int EntrySize = 7 * sizeof(ulong) + SHA256.HashSizeInBytes;
    private const int MaxEntries = 200_000;
    private const int Settled = 3;
    private readonly HintStore hints;
    private readonly Digest about;
    private readonly TimeProvider time;
    private readonly Lazy<Dictionary<Identity, Known>> earlier;
    private readonly ConcurrentDictionary<Identity, Known> seen = new();
    private int news;

    /// <param name="folder">The whole path of the context, by which it is known again.</param>
    public ScanCache(HintStore hints, string folder, TimeProvider time)
    {
        this.hints = hints;
        this.time = time;
        about = Digest.OfText("scan v1\n" + folder);
        earlier = new Lazy<Dictionary<Identity, Known>>(Load);
    }

    /// <summary>What is known of a regular file as it is now; null when it has to be read.</summary>
    public Known? Find(in FileStatus status)
    {
        var identity = new Identity(status);
        if (seen.TryGetValue(identity, out var known))
        {
            return known;
        }

        if (!earlier.Value.TryGetValue(identity, out known))
        {
            return null;
        }

        seen[identity] = known;
        return known;
    }

    /// <summary>Remembers what a file was found to hold.</summary>
    /// <param name="status">Asked for before it was read.</param>
    public void Remember(in FileStatus status, ReadOnlySpan<byte> content, bool hasXattrs)
    {
        if (status.Changed.Seconds < time.GetUtcNow().ToUnixTimeSeconds() - Settled && seen.TryAdd(new Identity(status), new Known(content.ToArray(), hasXattrs)))
        {
            Interlocked.Increment(ref news);
        }
    }

    /// <summary>Keeps what this build has found for the next one, if any of it is new.</summary>
    public void Save()
    {
        if (news == 0)
        {
            if (earlier.IsValueCreated && earlier.Value.Count > 0)
            {
                hints.Touch(Kind, about);
            }

            return;
        }

        var entries = seen.Concat(earlier.Value.Where(entry => !seen.ContainsKey(entry.Key))).Take(MaxEntries).ToArray();
        var bytes = new byte[entries.Length * EntrySize];
        for (var i = 0; i < entries.Length; i++)
        {
            Write(bytes.AsSpan(i * EntrySize, EntrySize), entries[i].Key, entries[i].Value);
        }

        hints.Set(Kind, about, bytes);
    }

    private Dictionary<Identity, Known> Load()
    {
        var bytes = hints.Find(Kind, about, MaxEntries * EntrySize) ?? [];
        var entries = new Dictionary<Identity, Known>(bytes.Length / EntrySize);
        for (var offset = 0; offset + EntrySize <= bytes.Length; offset += EntrySize)
        {
            var (identity, known) = Read(bytes.AsSpan(offset, EntrySize));
            entries[identity] = known;
        }

        return entries;
    }

    private static void Write(Span<byte> target, in Identity identity, Known known)
    {
        Span<ulong> words =
        [
            identity.FileSystem, identity.Inode, (ulong)identity.Size, (ulong)identity.Modified.Seconds,
            ((ulong)(uint)identity.Modified.Nanoseconds << 32) | (uint)identity.Changed.Nanoseconds, (ulong)identity.Changed.Seconds, known.HasXattrs ? 1ul : 0,
        ];
        for (var i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(target[(i * sizeof(ulong))..], words[i]);
        }

        known.Content.CopyTo(target[(words.Length * sizeof(ulong))..]);
    }

    private static (Identity Identity, Known Known) Read(ReadOnlySpan<byte> source)
    {
        Span<ulong> words = stackalloc ulong[7];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt64LittleEndian(source[(i * sizeof(ulong))..]);
        }

        return (
            new Identity(words[0], words[1], (long)words[2], new FileTime((long)words[3], (int)(words[4] >> 32)), new FileTime((long)words[5], (int)(words[4] & uint.MaxValue))),
            new Known(source[(words.Length * sizeof(ulong))..].ToArray(), words[6] != 0));
    }

    /// <summary>What a file holds.</summary>
    /// <param name="Content">SHA-256 of its bytes.</param>
    /// <param name="HasXattrs">Whether it has extended attributes that a copy takes along.</param>
    public sealed record Known(byte[] Content, bool HasXattrs);

    private readonly record struct Identity(ulong FileSystem, ulong Inode, long Size, FileTime Modified, FileTime Changed)
    {
        public Identity(in FileStatus status)
            : this(status.FileSystem, status.Inode, status.Size, status.Modified, status.Changed)
        {
        }
    }
}
