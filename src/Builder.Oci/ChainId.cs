namespace Builder.Oci;

/// <summary>
/// The name of a stack of layers (OCI image-spec, config.md "Layer ChainID"): a function of their diff IDs in order,
/// and so the key under which an unpacked stack can be shared between images.
/// </summary>
public readonly record struct ChainId(Digest Digest)
{
    /// <summary>The chain of one layer on nothing is its diff ID.</summary>
    public static ChainId Of(DiffId bottom) => new(bottom.Digest);

    /// <summary>The chain with one more layer on top.</summary>
    public ChainId With(DiffId next) => new(Digest.OfText($"{Digest} {next}"));

    /// <summary>The chain IDs of every prefix of a stack, bottom first; as many as there are diff IDs.</summary>
    public static IReadOnlyList<ChainId> Stack(IReadOnlyList<DiffId> diffIds)
    {
        ArgumentNullException.ThrowIfNull(diffIds);
        var chain = new ChainId[diffIds.Count];
        for (var i = 0; i < chain.Length; i++)
        {
            chain[i] = i == 0 ? Of(diffIds[0]) : chain[i - 1].With(diffIds[i]);
        }

        return chain;
    }

    public override string ToString() => Digest.ToString();
}
