using System.Text;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Graph.Solving;

namespace Builder.Cli.Tests.Support;

/// <summary>Events as a build would publish them, at seconds after its beginning.</summary>
internal static class TestSteps
{
    public static readonly DateTimeOffset Begin = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Vertex Step(string name) => new(new ContextOperation(name)) { DisplayName = name };

    public static VertexStarted Started(this Vertex vertex, double second = 0) => new(vertex, At(second), null);

    public static VertexCompleted Completed(this Vertex vertex, double second) => new(vertex, At(second));

    public static VertexCached Cached(this Vertex vertex, double second = 0) => new(vertex, At(second));

    public static VertexCanceled Canceled(this Vertex vertex, double second) => new(vertex, At(second));

    public static VertexFailed Failed(this Vertex vertex, double second, string why) => new(vertex, At(second), new InvalidOperationException(why));

    public static VertexLog Log(this Vertex vertex, double second, string text, int stream = 1) => new(vertex, At(second), stream, Encoding.UTF8.GetBytes(text));

    public static VertexProgress Progress(this Vertex vertex, double second, string name, long current, long? total) => new(vertex, At(second), name, current, total);

    private static DateTimeOffset At(double second) => Begin.AddSeconds(second);
}
