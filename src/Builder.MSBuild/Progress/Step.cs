using System.Text;

namespace Builder.MSBuild.Progress;

/// <summary>A step of a build, with what it has said of a line that is not at its end yet.</summary>
internal sealed class Step(int number, string name)
{
    private readonly Dictionary<string, List<byte>> unfinished = new(StringComparer.Ordinal);

    public int Number => number;

    public string Name => name;

    public bool IsTold { get; set; }

    /// <summary>Bytes come as the step writes them; a character may be in two of them, so lines are cut before they are decoded.</summary>
    public void Append(byte[] data, string stream, Action<string> onLine)
    {
        if (!unfinished.TryGetValue(stream, out var line))
        {
            unfinished.Add(stream, line = []);
        }

        foreach (var value in data)
        {
            if (value == (byte)'\n')
            {
                Tell(line, onLine);
            }
            else
            {
                line.Add(value);
            }
        }
    }

    /// <summary>What was left without an end of its line.</summary>
    public void Flush(Action<string> onLine)
    {
        foreach (var line in unfinished.Values.Where(line => line.Count > 0))
        {
            Tell(line, onLine);
        }
    }

    private static void Tell(List<byte> line, Action<string> onLine)
    {
        onLine(Encoding.UTF8.GetString(line.ToArray()).TrimEnd('\r'));
        line.Clear();
    }
}
