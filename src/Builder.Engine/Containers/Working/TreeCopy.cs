using Builder.Archives;
using Builder.Diagnostics;
using Builder.Engine.Copying;
using Builder.Engine.Exporters;
using Builder.Linux;
using Builder.Linux.Files;

namespace Builder.Engine.Containers.Working;

/// <summary>
/// <c>docker cp</c> by its rules, between two trees: what is copied goes through a tar, so that each side touches only its own tree,
/// by descriptors (CVE-2018-15664, CVE-2026-42306).
/// </summary>
public static class TreeCopy
{
    private const string ContentsOnly = "/.";

    /// <summary>Copies a file or a folder.</summary>
    /// <param name="fromPath">Ends in <c>/.</c> for what is in a folder instead of the folder.</param>
    /// <param name="followLink">When the source is a link, what it leads to is copied.</param>
    /// <param name="keepOwners">Else all belongs to user 0.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.SourceNotFound"/>, <see cref="EngineErrors.CopyConflict"/>.</exception>
    public static async Task CopyAsync(
        RootDirectory from, string fromPath, RootDirectory to, string toPath, bool followLink, bool keepOwners, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        var source = Find(from, fromPath, followLink);
        var (folder, name) = Place(to, toPath, source);
        using var destination = Open(to, folder, toPath);
        using var pipe = new StreamPipe();
        var reading = pipe.FillAsync(stream => Write(from, source, name, stream, cancellationToken), cancellationToken);
        try
        {
            new ArchiveExtractor(destination, keepOwners ? null : (0, 0), cancellationToken).Extract(pipe.Reader);
        }
        finally
        {
            pipe.Abandon();
        }

        await reading;
    }

    /// <summary>Writes a file or a folder as a tar, under its own last name.</summary>
    public static void WriteTar(RootDirectory from, string fromPath, bool followLink, Stream destination, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(from);
        var source = Find(from, fromPath, followLink);
        Write(from, source, source.IsContents ? [] : source.Name, destination, cancellationToken);
    }

    /// <summary>Unpacks a tar into a folder that is there.</summary>
    public static void ReadTar(Stream archive, RootDirectory to, string toPath, bool keepOwners, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(to);
        using var destination = Open(to, GuestPath.FromText(toPath), toPath);
        new ArchiveExtractor(destination, keepOwners ? null : (0, 0), cancellationToken).Extract(archive);
    }

    private sealed record Source(byte[] Path, byte[] Name, FileType Type, bool IsContents)
    {
        public bool IsDirectory => Type == FileType.Directory;
    }

    private static Source Find(RootDirectory from, string text, bool followLink)
    {
        var isContents = text.EndsWith(ContentsOnly, StringComparison.Ordinal) || text is ".";
        var path = GuestPath.FromText(isContents ? text[..^1] : text);
        var status = path.Length == 0 || followLink || isContents || text.EndsWith('/') ? from.TryStat(path) : from.TryLstat(path);
        if (status is not { } found)
        {
            throw new BuilderException(EngineErrors.SourceNotFound, $"could not find the file {text}");
        }

        if (found.Type != FileType.Directory && (isContents || text.EndsWith('/')))
        {
            throw new BuilderException(EngineErrors.CopyConflict, $"{text} is not a directory");
        }

        return new Source(path, GuestPath.Name(path), found.Type, isContents || path.Length == 0);
    }

    /// <summary>Where the source goes, and under which name; an empty name for the contents of a folder.</summary>
    private static (byte[] Folder, byte[] Name) Place(RootDirectory to, string text, Source source)
    {
        var path = GuestPath.FromText(text.EndsWith(ContentsOnly, StringComparison.Ordinal) ? text[..^1] : text);
        switch (to.TryStat(path)?.Type)
        {
            case FileType.Directory:
                return (path, source.IsContents ? [] : source.Name);
            case null when source.IsDirectory:
                return (GuestPath.Parent(path), GuestPath.Name(path));
            case null when text.EndsWith('/'):
                throw new BuilderException(EngineErrors.CopyConflict, $"no such directory: {text}");
            case not null when source.IsDirectory:
                throw new BuilderException(EngineErrors.CopyConflict, $"cannot copy a directory to the file {text}");
            default:
                return (GuestPath.Parent(path), GuestPath.Name(path));
        }
    }

    private static RootDirectory Open(RootDirectory to, byte[] folder, string text)
    {
        try
        {
            return to.OpenRoot(folder);
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            throw new BuilderException(EngineErrors.CopyConflict, $"no such directory: {text}", "its folder has to be there", inner: e);
        }
    }

    private static void Write(RootDirectory from, Source source, byte[] name, Stream stream, CancellationToken cancellationToken)
    {
        if (source.IsDirectory)
        {
            using var top = from.OpenRoot(source.Path);
            TreeTar.Write(top, stream, cancellationToken, name);
            return;
        }

        using var parent = from.OpenParent(ResolvedIfLink(from, source), out var last);
        TreeTar.WriteFile(parent, last, name, stream);
    }

    /// <summary>A link that is to be followed is resolved inside its tree, name by name.</summary>
    private static byte[] ResolvedIfLink(RootDirectory from, Source source) =>
        source.Type != FileType.SymbolicLink && from.TryLstat(source.Path) is { Type: FileType.SymbolicLink } ? LinkResolver.Resolve(from, source.Path) : source.Path;
}
