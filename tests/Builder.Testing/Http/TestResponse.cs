using System.Text;

namespace Builder.Testing.Http;

/// <summary>An answer, truthful or not: what the head promises and what the wire carries are separate things here.</summary>
public sealed record TestResponse(int Status)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public byte[] Body { get; init; } = [];

    /// <summary>What <c>Content-Length</c> claims; the body's length unless set.</summary>
    public long? DeclaredLength { get; init; }

    /// <summary>Leave <c>Content-Length</c> out and close the connection after the body.</summary>
    public bool WithoutLength { get; init; }

    /// <summary>Send only so many bytes of the body, then do what <see cref="Then"/> says.</summary>
    public int? CutAfter { get; init; }

    public AfterCut Then { get; init; } = AfterCut.Close;

    /// <summary>No answer at all: the connection is closed.</summary>
    public static readonly TestResponse HangUp = new(0);

    public static TestResponse Text(int status, string text, string type = "text/plain") =>
        new TestResponse(status) { Body = Encoding.UTF8.GetBytes(text) }.With("Content-Type", type);

    public static TestResponse Json(int status, string json) => Text(status, json, "application/json");

    public static TestResponse Redirect(int status, string location) => new TestResponse(status).With("Location", location);

    public TestResponse With(string name, string value) => this with
    {
        Headers = [.. Headers.Where(h => !h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)), (name, value)],
    };
}

/// <summary>What becomes of a connection whose answer was cut.</summary>
public enum AfterCut
{
    /// <summary>An orderly end, too early.</summary>
    Close,

    /// <summary>A TCP reset.</summary>
    Reset,

    /// <summary>Silence, until the client goes away.</summary>
    Stall,
}
