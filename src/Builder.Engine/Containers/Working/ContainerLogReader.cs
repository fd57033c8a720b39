using System.Runtime.CompilerServices;
using System.Text.Json;
using Builder.Containers;
using Builder.Storage;
using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>A piece of what a container wrote: at most a line, with its end if it has one.</summary>
public sealed record LogPiece(OutputStream Stream, DateTimeOffset Time, string Text);

/// <summary>Which pieces are wanted.</summary>
/// <param name="Tail">Only the last so many lines; null for all.</param>
/// <param name="Follow">Wait for more until the container ends.</param>
public sealed record LogSelection(int? Tail = null, DateTimeOffset? Since = null, DateTimeOffset? Until = null, bool Follow = false);

/// <summary>Reads what <see cref="ContainerLog"/> writes, also while it is written.</summary>
public sealed class ContainerLogReader(BuilderStore store, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public async IAsyncEnumerable<LogPiece> ReadAsync(StoredContainer container, LogSelection selection, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(selection);
        bool Fits(LogPiece piece) => !(piece.Time < selection.Since) && !(piece.Time > selection.Until);
        using var follower = new FileFollower(container.LogPath);
        var older = File.Exists(container.LogPath + ContainerLog.OlderSuffix) ? await ReadAllAsync(container.LogPath + ContainerLog.OlderSuffix, cancellationToken) : [];
        var present = older.Concat(follower.ReadLines().Select(Parse)).OfType<LogPiece>().Where(Fits).ToArray();
        foreach (var piece in selection.Tail is { } count ? Last(present, count) : present)
        {
            yield return piece;
        }

        while (selection.Follow)
        {
            // Asked before the file is read: what it wrote until then is there.
            var isOver = store.Containers.Refresh(container) is not { IsRunning: true };
            foreach (var piece in follower.ReadLines().Select(Parse).OfType<LogPiece>().Where(Fits))
            {
                yield return piece;
            }

            if (isOver)
            {
                yield break;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private static async Task<List<LogPiece?>> ReadAllAsync(string path, CancellationToken cancellationToken) =>
        [.. (await File.ReadAllLinesAsync(path, cancellationToken)).Select(Parse)];

    /// <summary>A line may have come in several pieces.</summary>
    private static IEnumerable<LogPiece> Last(LogPiece[] pieces, int lines)
    {
        var start = pieces.Length;
        for (var left = lines; start > 0; start--)
        {
            if ((start == pieces.Length || pieces[start - 1].Text.EndsWith('\n')) && left-- == 0)
            {
                break;
            }
        }

        return pieces.Skip(start);
    }

    private static LogPiece? Parse(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var piece = json.RootElement;
            return new LogPiece(
                piece.GetProperty("stream").GetString() == "stderr" ? OutputStream.Stderr : OutputStream.Stdout,
                piece.GetProperty("time").GetDateTimeOffset(),
                piece.GetProperty("log").GetString() ?? "");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // A supervisor that was killed may have left half a line.
            return null;
        }
    }

    /// <summary>Whole lines of a file that grows, and that may be replaced by a new one of the same name.</summary>
    private sealed class FileFollower(string path) : IDisposable
    {
        private FileStream? file;
        private string rest = "";

        public List<string> ReadLines()
        {
            var lines = new List<string>();
            if (file is null && !Open())
            {
                return lines;
            }

            Read(lines);
            if (new FileInfo(path) is { Exists: true } now && now.Length < file!.Position)
            {
                file.Dispose();
                rest = "";
                if (Open())
                {
                    Read(lines);
                }
            }

            return lines;
        }

        public void Dispose() => file?.Dispose();

        private bool Open()
        {
            file = File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete) : null;
            return file is not null;
        }

        private void Read(List<string> lines)
        {
            using var reader = new StreamReader(file!, leaveOpen: true);
            var text = rest + reader.ReadToEnd();
            var end = text.LastIndexOf('\n');
            lines.AddRange(text[..Math.Max(end, 0)].Split('\n', StringSplitOptions.RemoveEmptyEntries));
            rest = text[(end + 1)..];
        }
    }
}
