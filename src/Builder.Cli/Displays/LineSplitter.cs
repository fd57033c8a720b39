using System.Text;

namespace Builder.Cli.Displays;

/// <summary>Cuts what a step writes into lines, which end where it ends them or where they would become too long to hold.</summary>
internal sealed class LineSplitter
{
    private const int MaxLine = 64 * 1024;
    private readonly List<byte> partial = [];

    public void Add(ReadOnlySpan<byte> bytes, Action<string> line)
    {
        foreach (var b in bytes)
        {
            if (b != (byte)'\n')
            {
                partial.Add(b);
            }

            if (b == (byte)'\n' || partial.Count == MaxLine)
            {
                line(Take());
            }
        }
    }

    /// <summary>The line that was begun, if any, is not going to be finished.</summary>
    public void Flush(Action<string> line)
    {
        if (partial.Count > 0)
        {
            line(Take());
        }
    }

    private string Take()
    {
        var line = Encoding.UTF8.GetString([.. partial]).TrimEnd('\r');
        partial.Clear();
        return line;
    }
}
