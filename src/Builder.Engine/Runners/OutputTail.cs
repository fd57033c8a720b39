using System.Text;

namespace Builder.Engine.Runners;

/// <summary>Remembers the last lines of a step's output, a bounded amount of it.</summary>
internal sealed class OutputTail
{
    private const int MaxLines = 20;
    private const int MaxLineBytes = 2000;
    private readonly Queue<string> lines = new();
    private readonly List<byte> current = [];

    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            if (b == (byte)'\n')
            {
                EndLine();
            }
            else if (current.Count < MaxLineBytes)
            {
                current.Add(b);
            }
        }
    }

    public IReadOnlyList<string> Lines
    {
        get
        {
            if (current.Count > 0)
            {
                EndLine();
            }

            return [.. lines];
        }
    }

    private void EndLine()
    {
        lines.Enqueue(Encoding.UTF8.GetString([.. current]).TrimEnd('\r'));
        current.Clear();
        if (lines.Count > MaxLines)
        {
            lines.Dequeue();
        }
    }
}
