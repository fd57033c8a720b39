namespace Builder.Storage.Layers;

/// <summary>What got lost on the way into or out of a layer; a hostile one cannot make the list long.</summary>
internal sealed class LayerNotes
{
    private const int MaxNotes = 100;
    private readonly List<string> notes = [];
    private int unsaid;

    internal void Add(ReadOnlySpan<byte> name, string what)
    {
        if (notes.Count == MaxNotes)
        {
            unsaid++;
            return;
        }

        notes.Add($"/{GuestName.Printable(name)} {what}");
    }

    internal IReadOnlyList<string> ToList() => unsaid == 0 ? notes : [.. notes, $"and {unsaid} more"];
}
