namespace Builder.Containers;

/// <summary>Where a piece of output came from.</summary>
public enum OutputStream
{
    Stdout,
    Stderr,
}

/// <summary>
/// Takes a piece of output on the container's own thread, in the order it was read. <paramref name="bytes"/> is valid
/// during the call only. While it does not return nothing more is read, so a slow receiver slows the container down.
/// </summary>
public delegate void OutputReceiver(OutputStream stream, ReadOnlyMemory<byte> bytes);
