using System.Text;

namespace Builder.Dockerfile.Expansion;

/// <summary>Collects the words of an expansion's result: blanks separate them unless a quote held them together.</summary>
internal sealed class ShellWords
{
    private readonly List<string> words = [];
    private readonly StringBuilder word = new();

    public void AddSplitting(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                EndWord();
            }
            else
            {
                word.Append(c);
            }
        }
    }

    public void AddWhole(ReadOnlySpan<char> text) => word.Append(text);

    public IReadOnlyList<string> Finish()
    {
        EndWord();
        return words;
    }

    private void EndWord()
    {
        if (word.Length > 0)
        {
            words.Add(word.ToString());
            word.Clear();
        }
    }
}
