namespace Builder.Graph.Solving;

/// <summary>Where progress goes. Called from several threads at once; must neither block nor throw.</summary>
public interface IBuildEvents
{
    void Publish(BuildEvent buildEvent);
}
