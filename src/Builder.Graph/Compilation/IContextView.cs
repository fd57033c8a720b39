using Builder.Dockerfile.Ignore;

namespace Builder.Graph.Compilation;

/// <summary>What checks ask about the main build context, before anything of it is read.</summary>
public interface IContextView
{
    /// <summary>What its ignore file excludes; null when there is none.</summary>
    IgnorePatternSet? Ignored { get; }

    /// <summary>Whether a wildcard selects anything that is not excluded.</summary>
    /// <param name="pattern">Absolute below the context's root, and clean.</param>
    /// <param name="parents">Whether it is matched as <c>--parents</c> does it: two stars stand for any number of directories, no link is followed.</param>
    bool HasMatch(string pattern, bool parents);
}
