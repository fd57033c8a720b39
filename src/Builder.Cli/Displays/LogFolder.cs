using System.Globalization;
using Builder.Diagnostics;
using Builder.Graph.Solving;
using Builder.Oci;

namespace Builder.Cli.Displays;

/// <summary>Everything that steps write, a file a step, as they wrote it; beside what another display shows.</summary>
/// <param name="folder">Made when the first step starts.</param>
internal sealed class LogFolder(IBuildDisplay shown, string folder) : IBuildDisplay
{
    private const int MaxName = 60;
    private readonly Lock gate = new();
    private readonly Dictionary<Digest, FileStream> files = [];

    public void Publish(BuildEvent buildEvent)
    {
        shown.Publish(buildEvent);
        lock (gate)
        {
            switch (buildEvent)
            {
                case VertexLog log:
                    FileOf(log).Write(log.Data.Span);
                    break;
                case VertexStarted { Key: not null }:
                    FileOf(buildEvent);
                    break;
                case VertexCompleted or VertexFailed or VertexCanceled when files.Remove(buildEvent.Vertex.Digest, out var file):
                    file.Dispose();
                    break;
            }
        }
    }

    public void Warn(Diagnostic remark) => shown.Warn(remark);

    public void Dispose()
    {
        shown.Dispose();
        lock (gate)
        {
            foreach (var file in files.Values)
            {
                file.Dispose();
            }

            files.Clear();
        }
    }

    private FileStream FileOf(BuildEvent buildEvent)
    {
        if (!files.TryGetValue(buildEvent.Vertex.Digest, out var file))
        {
            Directory.CreateDirectory(folder);
            files[buildEvent.Vertex.Digest] = file = new FileStream(Path.Combine(folder, NameOf(buildEvent)), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }

        return file;
    }

    /// <summary>The line of the instruction, for the order, and its words, for people; the digest makes it the step's alone.</summary>
    private static string NameOf(BuildEvent buildEvent)
    {
        var vertex = buildEvent.Vertex;
        var words = string.Concat(vertex.ToString().Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-').Take(MaxName)).Trim('-');
        while (words.Contains("--", StringComparison.Ordinal))
        {
            words = words.Replace("--", "-", StringComparison.Ordinal);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{vertex.SourceSpan?.Line ?? 0:d4}-{words}-{vertex.Digest.Short}.log");
    }
}
