using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation.Checks;

/// <summary>The sources of a COPY or ADD that are paths in the main build context.</summary>
internal static class ContextSources
{
    public static IEnumerable<(Word Word, string Path)> Of(TransferInstruction transfer, StageView stage) =>
        transfer is CopyInstruction { From: not null }
            ? []
            : from word in transfer.Sources
              let path = stage.Expand(word)
              where !GitSource.IsRepository(path) && !HttpSource.IsUrl(path)
              select (word, path);
}
