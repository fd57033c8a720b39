using Builder.Graph.Solving;

namespace Builder.Engine.Explaining;

/// <summary>Adds to each step that has to run the reason why.</summary>
internal sealed class ExplainingEvents(IBuildEvents inner, MissExplainer explainer, Action<CacheMiss> missed) : IBuildEvents
{
    private readonly Lock gate = new();

    public void Publish(BuildEvent buildEvent)
    {
        inner.Publish(buildEvent);
        if (buildEvent is VertexStarted { Key: { } key } started)
        {
            lock (gate)
            {
                var miss = explainer.Explain(started.Vertex, key);
                missed(miss);
                inner.Publish(new VertexMissed(started.Vertex, started.Time, miss.Why));
            }
        }
    }
}
