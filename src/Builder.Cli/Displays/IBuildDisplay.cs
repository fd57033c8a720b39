using Builder.Diagnostics;
using Builder.Graph.Solving;

namespace Builder.Cli.Displays;

/// <summary>Where a build's progress goes. Disposed before anything else is written to the terminal.</summary>
internal interface IBuildDisplay : IBuildEvents, IDisposable
{
    /// <summary>A remark that belongs to no step.</summary>
    void Warn(Diagnostic remark);
}
