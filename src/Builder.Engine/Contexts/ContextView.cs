using Builder.Diagnostics;
using Builder.Dockerfile.Ignore;
using Builder.Engine.Copying;
using Builder.Graph.Compilation;
using Builder.Graph.Operations;

namespace Builder.Engine.Contexts;

/// <summary>The main context as checks see it. Looked into only when a check asks.</summary>
internal sealed class ContextView(ContextFolders contexts) : IContextView
{
    private readonly Lazy<IgnorePatternSet?> ignored = new(() =>
    {
        using var tree = contexts.Open(ContextOperation.MainName);
        return tree.Ignore;
    });

    public IgnorePatternSet? Ignored => ignored.Value;

    public bool HasMatch(string pattern, bool parents)
    {
        try
        {
            using var tree = contexts.Open(ContextOperation.MainName);
            return parents ? ParentsSelector.Select(tree, pattern, []).Count > 0 : SourceSelector.Select(tree, pattern, isPattern: true).Count > 0;
        }
        catch (BuilderException)
        {
            // A folder that cannot be read is for the copy to complain about.
            return true;
        }
    }
}
