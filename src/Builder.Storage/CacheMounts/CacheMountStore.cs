using System.Globalization;
using System.Text;
using Builder.Diagnostics;
using Builder.Linux.Files;
using Builder.Storage.Records;

namespace Builder.Storage.CacheMounts;

/// <summary>
/// The directories behind <c>RUN --mount=type=cache</c>:
/// <code>
/// mounts-cache/&lt;key&gt;/record.json    what the key is made of
/// mounts-cache/&lt;key&gt;/&lt;n&gt;/            a directory, as the step sees it
/// mounts-cache/&lt;key&gt;/&lt;n&gt;.lock        who uses it: flock(2), alone or together
/// mounts-cache/choose.lock          held while somebody looks for a free directory, or removes one
/// </code>
/// Locks are beside the directories, never in them, and are the kernel's: a killed process holds none.
/// </summary>
public sealed class CacheMountStore
{
    private const string RecordFile = "record.json";
    private const string LockSuffix = ".lock";
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongWait = TimeSpan.FromMilliseconds(50);
    private readonly string folder;
    private readonly TempFolder temp;
    private readonly AtomicFile files;
    private readonly bool readOnly;

    /// <param name="readOnly">Whether nothing can be written: then nothing can be locked either, and nobody else can.</param>
    internal CacheMountStore(string folder, TempFolder temp, AtomicFile files, bool readOnly = false) =>
        (this.folder, this.temp, this.files, this.readOnly) = (folder, temp, files, readOnly);

    /// <summary>
    /// A directory of the cache: a free one, one that others share, or a new one. Only <see cref="CacheMountSharing.Locked"/>
    /// waits, for as long as every directory there is has a user.
    /// </summary>
    /// <param name="fill">Called with the folder that will be a new directory, to put the first content into it.</param>
    /// <param name="waiting">Told once, when there is something to wait for.</param>
    public async Task<CacheMountLease> AcquireAsync(
        CacheMountKey key, CacheMountSharing sharing, Action<string>? fill, Action? waiting, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        var home = Path.Combine(folder, key.FolderName);
        string? filled = null;
        for (var isFirst = true; ; isFirst = false)
        {
            using (await ChooseAsync(cancellationToken))
            {
                var numbers = NumbersIn(home);
                if (TryHold(home, numbers, sharing) is { } lease)
                {
                    return lease;
                }

                var mayMake = numbers.Count == 0 || sharing != CacheMountSharing.Locked;
                if (mayMake && (fill is null || filled is not null))
                {
                    return Publish(home, numbers, key, filled ?? MakeEmpty(key), sharing);
                }

                filled = mayMake ? temp.NewPath() : null;
            }

            if (filled is not null)
            {
                // Outside of the lock: it may take long, and another one may have a directory ready by then.
                MakeEmpty(key, filled);
                fill!(filled);
            }
            else
            {
                if (isFirst)
                {
                    waiting?.Invoke();
                }

                await Task.Delay(LongWait, cancellationToken);
            }
        }
    }

    /// <summary>
    /// The use of a folder of the user's in a cache's place. There is only one, so whoever does not share it waits. Steps of
    /// builders with another store are not seen.
    /// </summary>
    public async Task<CacheMountLease> AcquirePlacedAsync(string path, CacheMountSharing sharing, Action? waiting, CancellationToken cancellationToken)
    {
        var lockFile = Path.Combine(folder, "placed-" + Oci.Digest.OfText(Path.GetFullPath(path)).Hex + LockSuffix);
        for (var isFirst = true; ; isFirst = false)
        {
            if (TryLock(lockFile, sharing) is { } held)
            {
                return new CacheMountLease(path, held);
            }

            if (isFirst)
            {
                waiting?.Invoke();
            }

            await Task.Delay(LongWait, cancellationToken);
        }
    }

    /// <summary>All caches, by id.</summary>
    public async Task<IReadOnlyList<CacheMountInfo>> ListAsync(CancellationToken cancellationToken)
    {
        using var choosing = await ChooseAsync(cancellationToken);
        return DescribeAll();
    }

    /// <summary>All caches as they are now, for a collector or a measurement: one whose lock somebody is just trying may seem in use.</summary>
    internal IReadOnlyList<CacheMountInfo> List()
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        using var choosing = readOnly ? null : TryChoose();
        return DescribeAll();
    }

    /// <summary>Removes a cache with all its directories; false while a step has one of them, or somebody is choosing.</summary>
    internal bool TryRemove(CacheMountInfo info)
    {
        var aside = temp.NewPath();
        using (var choosing = TryChoose())
        {
            if (choosing is null || !TryMoveAside(HomeOf(info), aside))
            {
                return false;
            }
        }

        Snapshots.SnapshotStore.RemoveFolder(aside);
        return true;
    }

    /// <summary>What a cache takes on the disk.</summary>
    public CacheMountUsage Measure(CacheMountInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        var home = HomeOf(info);
        var meter = new TreeMeter();
        foreach (var number in NumbersIn(home))
        {
            using var directory = DirectoryHandle.Open(Path.Combine(home, NameOf(number)));
            meter.Add(directory);
        }

        return new CacheMountUsage(meter.Files, meter.Bytes);
    }

    /// <summary>Removes a cache with all its directories.</summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.CacheMountInUse"/>.</exception>
    public async Task RemoveAsync(CacheMountInfo info, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(info);
        var home = HomeOf(info);
        var aside = temp.NewPath();
        using (await ChooseAsync(cancellationToken))
        {
            if (!TryMoveAside(home, aside))
            {
                throw new BuilderException(StorageErrors.CacheMountInUse, $"the cache '{info.Key.Id}' is in use by a build", "try again when it is done");
            }
        }

        Snapshots.SnapshotStore.RemoveFolder(aside);
    }

    /// <summary>Nobody can take a lock while we choose, so what is free now stays so until it is gone.</summary>
    private static bool TryMoveAside(string home, string aside)
    {
        foreach (var number in NumbersIn(home))
        {
            if (IsHeld(LockOf(home, number)))
            {
                return false;
            }
        }

        Directory.Move(home, aside);
        return true;
    }

    private CacheMountInfo[] DescribeAll() =>
    [
        .. Directory.EnumerateDirectories(folder)
            .Select(Describe).OfType<CacheMountInfo>()
            .OrderBy(info => info.Key.Id, StringComparer.Ordinal).ThenBy(info => info.Name, StringComparer.Ordinal),
    ];

    private static CacheMountLease? TryHold(string home, List<int> numbers, CacheMountSharing sharing)
    {
        foreach (var number in numbers)
        {
            if (TryLock(LockOf(home, number), sharing) is { } held)
            {
                return new CacheMountLease(Path.Combine(home, NameOf(number)), held);
            }
        }

        return null;
    }

    private CacheMountLease Publish(string home, List<int> numbers, CacheMountKey key, string made, CacheMountSharing sharing)
    {
        if (!File.Exists(Path.Combine(home, RecordFile)))
        {
            files.Write(Path.Combine(home, RecordFile), StorageJson.Write(new CacheMountRecord(key.Id, key.Origin, key.Mode, key.Uid, key.Gid), StorageJson.Types.CacheMountRecord));
        }

        var number = Enumerable.Range(0, numbers.Count + 1).Except(numbers).First();
        var held = TryLock(LockOf(home, number), sharing) ?? throw new InvalidOperationException("a directory that does not exist has no user");
        var path = Path.Combine(home, NameOf(number));
        Directory.Move(made, path);
        return new CacheMountLease(path, held);
    }

    private string MakeEmpty(CacheMountKey key)
    {
        var made = temp.NewPath();
        MakeEmpty(key, made);
        return made;
    }

    private static void MakeEmpty(CacheMountKey key, string path)
    {
        const uint DefaultMode = 0x1ed;
        Directory.CreateDirectory(path);
        using var directory = DirectoryHandle.Open(path);
        directory.SetOwner(DirectoryHandle.Self, key.Uid ?? 0, key.Gid ?? 0);
        directory.SetMode(DirectoryHandle.Self, key.Mode ?? DefaultMode);
    }

    private CacheMountInfo? Describe(string home)
    {
        if (files.TryReadRecord(Path.Combine(home, RecordFile), StorageJson.Types.CacheMountRecord) is not { } record)
        {
            return null;
        }

        var locks = NumbersIn(home).Select(number => LockOf(home, number)).Where(File.Exists).ToList();
        return new CacheMountInfo(
            Path.GetFileName(home)[..12],
            new CacheMountKey(record.Id) { Origin = record.Origin, Mode = record.Mode, Uid = record.Uid, Gid = record.Gid },
            NumbersIn(home).Count,
            new DateTimeOffset(locks.Select(File.GetLastWriteTimeUtc).DefaultIfEmpty(DateTime.UnixEpoch).Max(), TimeSpan.Zero),
            !readOnly && locks.Exists(IsHeld));
    }

    private string HomeOf(CacheMountInfo info) => Path.Combine(folder, info.Key.FolderName);

    private async Task<FileLock> ChooseAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        FileLock? held;
        while ((held = TryChoose()) is null)
        {
            await Task.Delay(ShortWait, cancellationToken);
        }

        return held;
    }

    private FileLock? TryChoose() => FileLock.TryAcquire(Path.Combine(folder, "choose" + LockSuffix));

    /// <summary>The time of the lock file says when the directory was last used.</summary>
    private static FileLock? TryLock(string lockFile, CacheMountSharing sharing)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(lockFile)!);
        var held = sharing == CacheMountSharing.Shared ? FileLock.TryShare(lockFile) : FileLock.TryAcquire(lockFile);
        if (held is not null)
        {
            using var directory = DirectoryHandle.Open(Path.GetDirectoryName(lockFile)!);
            directory.SetTimesToNow(Encoding.ASCII.GetBytes(Path.GetFileName(lockFile)));
        }

        return held;
    }

    private static bool IsHeld(string lockFile)
    {
        using var free = FileLock.TryAcquire(lockFile);
        return free is null;
    }

    private static List<int> NumbersIn(string home) =>
        !Directory.Exists(home) ? [] :
        [
            .. Directory.EnumerateDirectories(home)
                .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1)
                .Where(number => number >= 0).Order(),
        ];

    private static string NameOf(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string LockOf(string home, int number) => Path.Combine(home, NameOf(number) + LockSuffix);
}
