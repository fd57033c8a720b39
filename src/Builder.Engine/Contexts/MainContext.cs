using Builder.Diagnostics;
using Builder.Engine.Sources;

namespace Builder.Engine.Contexts;

/// <summary>The main build context, opened: a folder, wherever its files came from.</summary>
/// <param name="Folder">The user's own, or one in the store.</param>
/// <param name="IsRemote">It came from elsewhere: no ignore file counts, and the Dockerfile's path is one inside it.</param>
internal sealed record MainContext(string Folder, bool IsRemote) : IDisposable
{
    /// <summary>A context that is nothing but a Dockerfile; null for one with files.</summary>
    public SourceText? Dockerfile { get; init; }

    /// <summary>How old it says it is; null for a folder, which does not.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The folder that goes with the build.</summary>
    public WorkFolder? Unpacked { get; init; }

    public void Dispose() => Unpacked?.Dispose();
}
