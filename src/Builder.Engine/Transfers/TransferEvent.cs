namespace Builder.Engine.Transfers;

/// <summary>Where a piece of an image is on its way.</summary>
public enum TransferStage
{
    Moving,

    /// <summary>It arrived.</summary>
    Done,

    /// <summary>It was there: nothing moved.</summary>
    Existed,

    /// <summary>The registry took it from another of its repositories: nothing moved.</summary>
    Mounted,
}

/// <summary>Something that happened to a piece of an image: a layer, a config, a manifest.</summary>
/// <param name="Piece">What a person may call it: <c>layer 3c5f…</c>.</param>
/// <param name="Current">Bytes moved so far; goes back when a transfer begins again.</param>
/// <param name="Total">Null while it is not known.</param>
public sealed record TransferEvent(string Piece, TransferStage Stage, long Current, long? Total);
