using System.Security.Cryptography;
using System.Text;
using Builder.Diagnostics;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage.Records;
using Microsoft.Win32.SafeHandles;

namespace Builder.Storage.Content;

/// <summary>
/// A blob that arrives in pieces, in any order and over several runs of the program: a file in <c>partial/</c> and a note of
/// what is in it. Nothing in it is believed before all of it has been hashed. One process at a time works on a blob; another
/// that wants the same one meanwhile gets a file of its own, which is not kept.
/// </summary>
public sealed class PartialBlob : IDisposable
{
    /// <summary>How much may arrive before it is noted: what a killed process loses.</summary>
    private const long NoteEvery = 4 << 20;

    internal const string LockSuffix = ".lock";
    private const string NoteSuffix = ".note";
    private const int MaxNote = 1 << 20;
    private const int BufferSize = 1 << 20;
    private readonly Lock gate = new();
    private readonly ContentStore store;
    private readonly Descriptor blob;
    private readonly string path;
    private readonly FileLock? owner;
    private readonly SafeFileHandle file;
    private readonly RangeSet present;
    private IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long hashed;
    private long unnoted;
    private Digest? digest;
    private bool published;

    private PartialBlob(ContentStore store, Descriptor blob, string path, FileLock? owner)
    {
        this.store = store;
        this.blob = blob;
        this.path = path;
        this.owner = owner;
        file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var note = owner is null ? null : AtomicFile.TryRead(NotePath, MaxNote);
        present = (note is null ? null : RangeSet.Parse(Encoding.ASCII.GetString(note), Math.Min(blob.Size, RandomAccess.GetLength(file)))) ?? new RangeSet();
    }

    /// <summary>What is not there yet, from a start up to an end, ascending.</summary>
    public IReadOnlyList<(long Start, long End)> Missing
    {
        get
        {
            lock (gate)
            {
                return present.Gaps(blob.Size);
            }
        }
    }

    private string NotePath => path + NoteSuffix;

    internal static PartialBlob Open(ContentStore store, Descriptor blob, string folder, string privatePath)
    {
        var path = Path.Combine(folder, blob.Digest.Hex);
        var owner = FileLock.TryAcquire(path + LockSuffix);
        if (owner is not null && !File.Exists(path + LockSuffix))
        {
            // Whoever finished the blob in this moment took the lock's name away: the lock guards nothing any more.
            owner.Dispose();
            owner = null;
        }

        return new PartialBlob(store, blob, owner is null ? privatePath : path, owner);
    }

    /// <summary>Removes what is left of a download that nobody is at.</summary>
    internal static void Remove(string path)
    {
        using var owner = FileLock.TryAcquire(path + LockSuffix);
        if (owner is not null)
        {
            DeleteFiles(path);
        }
    }

    /// <summary>Takes bytes; safe for several threads as long as their bytes do not overlap.</summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.DiskFull"/>, <see cref="StorageErrors.Mismatch"/>: beyond the end.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (offset < 0 || offset + bytes.Length > blob.Size)
        {
            throw new BuilderException(StorageErrors.Mismatch, $"the content is longer than the {blob.Size} bytes expected");
        }

        try
        {
            RandomAccess.Write(file, bytes, offset);
        }
        catch (IOException e) when (DiskErrors.IsFull(e))
        {
            throw DiskErrors.Full(e);
        }

        lock (gate)
        {
            present.Add(offset, offset + bytes.Length);
            unnoted += bytes.Length;
            if (offset == hashed)
            {
                hash.AppendData(bytes);
                hashed += bytes.Length;
            }

            if (unnoted >= NoteEvery)
            {
                Note();
            }
        }
    }

    /// <summary>The digest of the whole, when nothing is missing; reads only what did not arrive in order.</summary>
    public Digest Hash(CancellationToken cancellationToken = default)
    {
        if (digest is { } known)
        {
            return known;
        }

        var buffer = new byte[BufferSize];
        while (hashed < blob.Size)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, blob.Size - hashed)), hashed);
            if (read == 0)
            {
                break;
            }

            hash.AppendData(buffer, 0, read);
            hashed += read;
        }

        Span<byte> sha256 = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(sha256);
        digest = Digest.FromHash(sha256);
        return digest.Value;
    }

    /// <summary>Forgets everything that is there.</summary>
    public void Reset()
    {
        lock (gate)
        {
            present.Clear();
            hash.Dispose();
            hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            (hashed, unnoted, digest) = (0, 0, null);
            RandomAccess.SetLength(file, 0);
            File.Delete(NotePath);
        }
    }

    /// <summary>Makes the blob visible in the store.</summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.Mismatch"/>; the file is as it was then.</exception>
    public void Commit()
    {
        if (Missing.Count > 0 || Hash() != blob.Digest)
        {
            throw new BuilderException(StorageErrors.Mismatch, $"the content of {blob.Digest} is not complete, or hashes to another digest");
        }

        if (!store.Contains(blob.Digest))
        {
            if (store.SyncsContent)
            {
                RandomAccess.FlushToDisk(file);
            }

            store.Publish(path, blob.Digest);
        }

        published = true;
    }

    public void Dispose()
    {
        if (file.IsClosed)
        {
            return;
        }

        file.Dispose();
        hash.Dispose();
        if (published || owner is null)
        {
            // Gone already when it was published; still there when the blob was in the store before.
            DeleteFiles(path);
        }
        else
        {
            Note();
        }

        owner?.Dispose();
    }

    /// <summary>The lock goes last: while its name is there, what it guards has an owner.</summary>
    private static void DeleteFiles(string path)
    {
        File.Delete(path);
        File.Delete(path + NoteSuffix);
        File.Delete(path + LockSuffix);
    }

    private void Note()
    {
        unnoted = 0;
        if (owner is not null)
        {
            // Not synced: a note that tells too much is found out by the hash.
            File.WriteAllText(NotePath + ".new", present.ToString());
            File.Move(NotePath + ".new", NotePath, overwrite: true);
        }
    }
}
