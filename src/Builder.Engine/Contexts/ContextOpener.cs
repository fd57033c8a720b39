using System.Text;
using Builder.Archives;
using Builder.Diagnostics;
using Builder.Engine.Copying;
using Builder.Engine.Sources;
using Builder.Engine.Sources.Http;
using Builder.Graph.Compilation;
using Builder.Graph.Operations;
using Builder.Linux.Files;
using Builder.Storage;

namespace Builder.Engine.Contexts;

/// <summary>
/// Opens what the user named as the build context (dockerfile-language.md §2.6): a folder, an archive or a Dockerfile on
/// standard input or behind a URL, a repository.
/// </summary>
/// <param name="stdin">Opens standard input.</param>
internal sealed class ContextOpener(BuilderStore store, RemoteSources sources, SourceOptions options, Func<Stream> stdin)
{
    /// <summary>The name that means standard input.</summary>
    public const string StandardInput = "-";

    private const int MaxDockerfile = 64 << 20;

    /// <param name="keepGitDirectory">Whether a repository's <c>.git</c> is part of the context.</param>
    /// <exception cref="BuilderException">See <see cref="SourceErrors"/>; <see cref="EngineErrors.NoContext"/>.</exception>
    public async Task<MainContext> OpenAsync(string context, bool keepGitDirectory, CancellationToken cancellationToken)
    {
        if (context == StandardInput)
        {
            await using var input = stdin();
            return await ReadAsync(input, "standard input", cancellationToken);
        }

        // A folder comes first, whatever its name looks like.
        if (Directory.Exists(context) || RemoteSource.Parse(context, keepGitDirectory) is not { } operation)
        {
            return new MainContext(context, IsRemote: false);
        }

        var fetched = await sources.FetchAsync(operation, (_, _) => { }, cancellationToken);
        if (operation is not HttpOperation download)
        {
            return new MainContext(fetched.Snapshot.Path, IsRemote: true) { Time = fetched.Time };
        }

        using var folder = DirectoryHandle.Open(fetched.Snapshot.Path);
        await using var file = new FileStream(folder.OpenFile(Encoding.UTF8.GetBytes(download.FileName)), FileAccess.Read);
        var opened = await ReadAsync(file, WebAddress.Shown(context), cancellationToken);
        return opened with { Time = fetched.Time ?? opened.Time };
    }

    /// <summary>A context that is one stream of bytes.</summary>
    private async Task<MainContext> ReadAsync(Stream stream, string name, CancellationToken cancellationToken)
    {
        var head = new byte[ContextArchive.HeadSize];

        // Nothing wakes a read of a terminal up: who gives up does not wait for it.
        var length = await Task.Run(() => stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false), cancellationToken).WaitAsync(cancellationToken);
        if (length == 0)
        {
            throw new BuilderException(SourceErrors.BadContext, $"the build context from {name} is empty", "it takes a tar archive, compressed or not, or a Dockerfile");
        }

        var work = new WorkFolder(store.NewTemporaryPath());
        try
        {
            await using var whole = new HeadedStream(head.AsMemory(0, length), stream);
            if (!ContextArchive.IsOne(head.AsSpan(0, length)))
            {
                return new MainContext(work.Path, IsRemote: true) { Dockerfile = await ReadTextAsync(whole, name, cancellationToken), Unpacked = work };
            }

            var youngest = await Task.Run(() => Unpack(whole, work.Path, name, cancellationToken), cancellationToken);
            return new MainContext(work.Path, IsRemote: true)
            {
                Time = youngest is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
                Unpacked = work,
            };
        }
        catch
        {
            work.Dispose();
            throw;
        }
    }

    private long? Unpack(Stream archive, string folder, string name, CancellationToken cancellationToken)
    {
        try
        {
            using var root = RootDirectory.Open(folder);
            return new ArchiveExtractor(root, (0, 0), cancellationToken).Extract(archive, options.MaxUnpacked);
        }
        catch (BuilderException e)
        {
            throw new BuilderException(SourceErrors.BadContext, $"the build context from {name} cannot be unpacked: {e.Message}", e.Hint, inner: e.InnerException);
        }
    }

    private static async Task<SourceText> ReadTextAsync(Stream stream, string name, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        await new BoundedStream(stream, MaxDockerfile, $"the Dockerfile from {name}").CopyToAsync(text, cancellationToken);
        var bytes = text.GetBuffer().AsSpan(0, (int)text.Length);
        return !bytes.Contains((byte)0)
            ? new SourceText(name, Encoding.UTF8.GetString(bytes))
            : throw new BuilderException(SourceErrors.BadContext, $"the build context from {name} is neither a tar archive nor a Dockerfile", "tar can be plain, or compressed with gzip, bzip2, xz or zstd");
    }

    /// <summary>A stream whose beginning has been read already.</summary>
    private sealed class HeadedStream(ReadOnlyMemory<byte> head, Stream rest) : ReadOnlyStream
    {
        private ReadOnlyMemory<byte> left = head;

        public override int Read(Span<byte> buffer)
        {
            if (left.IsEmpty)
            {
                return rest.Read(buffer);
            }

            var count = Math.Min(buffer.Length, left.Length);
            left.Span[..count].CopyTo(buffer);
            left = left[count..];
            return count;
        }
    }
}
