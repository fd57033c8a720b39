using Builder.Linux.Files;

namespace Builder.Storage.Layers;

/// <summary>What is known of the layers below the one being unpacked.</summary>
internal enum LowerKnowledge
{
    /// <summary>There is nothing, or it does not show through.</summary>
    Absent,

    Present,

    /// <summary>They are being unpacked at the same time.</summary>
    Unknown,
}

/// <summary>A directory of the layer being unpacked, and the one of the same path in the view below.</summary>
internal sealed class UnpackedDirectory(DirectoryHandle upper, DirectoryHandle? lower, LowerKnowledge knowledge) : IDisposable
{
    internal DirectoryHandle Upper { get; } = upper;

    internal LowerKnowledge Knowledge { get; } = knowledge;

    internal DirectoryHandle? Lower { get; } = lower;

    /// <summary>What lower layers have under this name; null for nothing.</summary>
    /// <exception cref="LowerNeededException">That is not known yet.</exception>
    internal FileStatus? LowerStatus(ReadOnlySpan<byte> name) => Knowledge switch
    {
        LowerKnowledge.Absent => null,
        LowerKnowledge.Present => Lower!.TryLstat(name) is { IsWhiteoutDevice: false } status ? status : null,
        _ => throw new LowerNeededException(),
    };

    /// <summary>Goes into a directory that the upper folder has.</summary>
    internal UnpackedDirectory Open(ReadOnlySpan<byte> name, OverlayMarks marks)
    {
        var upper = Upper.OpenDirectory(name);
        if (Knowledge == LowerKnowledge.Absent || marks.IsOpaque(Upper, name))
        {
            return new UnpackedDirectory(upper, null, LowerKnowledge.Absent);
        }

        if (Knowledge == LowerKnowledge.Unknown)
        {
            return new UnpackedDirectory(upper, null, LowerKnowledge.Unknown);
        }

        var lower = Lower!.TryOpenDirectory(name);
        return new UnpackedDirectory(upper, lower, lower is null ? LowerKnowledge.Absent : LowerKnowledge.Present);
    }

    public void Dispose()
    {
        Upper.Dispose();
        Lower?.Dispose();
    }
}
