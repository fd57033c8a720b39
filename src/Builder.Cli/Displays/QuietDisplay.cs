using Builder.Diagnostics;
using Builder.Graph.Solving;

namespace Builder.Cli.Displays;

/// <summary>No progress at all; warnings are still told.</summary>
internal sealed class QuietDisplay(Action<string> writeLine) : IBuildDisplay
{
    public void Publish(BuildEvent buildEvent)
    {
        if (buildEvent is VertexWarning warning)
        {
            Warn(warning.Warning);
        }
    }

    public void Warn(Diagnostic remark) => writeLine(ErrorDisplay.Render(remark));

    public void Dispose()
    {
    }
}
