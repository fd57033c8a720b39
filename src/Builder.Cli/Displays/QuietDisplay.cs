using Builder.Graph.Solving;

namespace Builder.Cli.Displays;

/// <summary>No progress at all; warnings of steps are still told.</summary>
internal sealed class QuietDisplay : IBuildEvents
{
    public void Publish(BuildEvent buildEvent)
    {
        if (buildEvent is VertexWarning warning)
        {
            ErrorDisplay.Write(warning.Warning);
        }
    }
}
