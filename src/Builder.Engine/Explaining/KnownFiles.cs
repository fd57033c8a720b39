using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Builder.Engine.Copying;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage.Hints;

namespace Builder.Engine.Explaining;

/// <summary>
/// Which files the content keys of contexts were made of, so that a miss can name the one that changed. A key says only that
/// something did; this is written beside it, within bounds, when a step that has it is kept (spec/cache-keys.md, "Why a step
/// was not found").
/// </summary>
internal sealed class KnownFiles(HintStore hints)
{
    private const string Kind = "files";
    private const int MaxLines = 2000;
    private const int MaxSize = 512 * 1024;
    private readonly ConcurrentDictionary<Digest, IReadOnlyList<FileMark>> fresh = new();

    /// <summary>Remembers what a content key was made of, for as long as this build lasts.</summary>
    public void Note(Digest key, IReadOnlyList<FileMark> files) => fresh[key] = files;

    /// <summary>Keeps what was noted of a key, if it is one of these.</summary>
    public void Keep(Digest key)
    {
        if (fresh.TryGetValue(key, out var files) && !hints.Contains(Kind, key))
        {
            hints.Set(Kind, key, Encoding.UTF8.GetBytes(string.Join('\n', Lines(files))));
        }
    }

    /// <summary>Path → what was known of it, of a key of this build or an earlier one; null when nobody knows.</summary>
    public IReadOnlyDictionary<string, string>? Find(Digest key)
    {
        var lines = fresh.TryGetValue(key, out var files) ? Lines(files)
            : hints.Find(Kind, key, MaxSize * 2) is { } stored ? Encoding.UTF8.GetString(stored).Split('\n')
            : null;
        return lines?.Select(line => line.Split(' ', 2)).Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[1], StringComparer.Ordinal).ToDictionary(group => group.Key, group => string.Concat(group.Select(pair => pair[0])), StringComparer.Ordinal);
    }

    /// <summary>A line for each file; when there are too many for that, for each directory down to some depth.</summary>
    private static IEnumerable<string> Lines(IReadOnlyList<FileMark> files)
    {
        var lines = files.Select(file => (Path: PathOf(file), Mark: MarkOf(file))).ToList();
        for (var depth = lines.Count == 0 ? 0 : lines.Max(line => line.Path.Count(c => c == '/')); depth > 0 && IsTooMuch(lines); depth--)
        {
            lines = [.. lines.GroupBy(line => Cut(line.Path, depth), StringComparer.Ordinal).Select(group => (group.Key, group.Count() == 1 ? group.First().Mark : MarkOf(group)))];
        }

        return lines.Take(MaxLines).Select(line => $"{line.Mark} {line.Path}");
    }

    private static bool IsTooMuch(List<(string Path, string Mark)> lines) => lines.Count > MaxLines || lines.Sum(line => line.Path.Length + line.Mark.Length + 2) > MaxSize;

    /// <summary>The first so many parts of a path, as a directory when that is not all of it.</summary>
    private static string Cut(string path, int depth)
    {
        var end = 0;
        for (; depth > 0; depth--)
        {
            var slash = path.IndexOf('/', end);
            if (slash < 0)
            {
                return path;
            }

            end = slash + 1;
        }

        return path[..end];
    }

    private static string PathOf(FileMark file) => file.Path.Length == 0 ? "." : GuestPath.ToText(file.Path).Replace('\n', '?');

    private static string MarkOf(FileMark file) =>
        string.Create(CultureInfo.InvariantCulture, $"{(file.Type == FileType.Directory ? 'd' : file.Type == FileType.SymbolicLink ? 'l' : 'f')}{Convert.ToString(file.Mode, 8)}-{file.Content:x16}");

    private static string MarkOf(IEnumerable<(string Path, string Mark)> group) =>
        "m-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', group.Select(line => line.Mark + line.Path)))).AsSpan(0, 8));
}
