namespace Builder.Storage.Layers.Indexing;

/// <summary>A name in an <see cref="IndexedTree"/>.</summary>
public sealed class IndexedNode
{
    internal IndexedNode(IndexedNode? parent, byte[] name, FileFacts facts)
    {
        Parent = parent;
        Name = name;
        Facts = facts;
    }

    public FileFacts Facts { get; internal set; }

    internal byte[] Name { get; }

    internal IndexedNode? Parent { get; }

    internal Dictionary<byte[], IndexedNode>? Children { get; set; }

    /// <summary>The number of the layer that said something of this name last.</summary>
    internal int Layer { get; set; }

    /// <summary>What the layers below say of this name, when it was changed since; null when they have no such name.</summary>
    internal FileFacts? Below { get; set; }

    /// <summary>It was made or changed since the last layer was written.</summary>
    internal bool IsChanged { get; set; }

    /// <summary>Something in this directory, at whatever depth, was.</summary>
    internal bool HasChanges { get; set; }

    /// <summary>The last layer has an entry of it.</summary>
    internal bool IsWritten { get; set; }

    /// <summary>The file that this is a name of, if it was made or linked since the last layer.</summary>
    internal LinkedFile? File { get; set; }

    /// <summary>What is in this directory under a name; null for nothing.</summary>
    public IndexedNode? Find(ReadOnlySpan<byte> name) =>
        Children is { } children && children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var child) ? child : null;

    /// <summary>The names in this directory, sorted by their bytes.</summary>
    public IReadOnlyList<byte[]> Names
    {
        get
        {
            byte[][] names = [.. Children?.Keys ?? (IEnumerable<byte[]>)[]];
            Array.Sort(names, static (a, b) => a.AsSpan().SequenceCompareTo(b));
            return names;
        }
    }

    internal void Add(IndexedNode child) => (Children ??= new(ByteNames.Instance))[child.Name] = child;

    internal void Remove(ReadOnlySpan<byte> name) => Children?.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(name);
}

/// <summary>A file with perhaps several names.</summary>
internal sealed class LinkedFile
{
    internal int Names { get; set; }
}

/// <summary>Names as bytes.</summary>
internal sealed class ByteNames : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    internal static readonly ByteNames Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = new HashCode();
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }
}
