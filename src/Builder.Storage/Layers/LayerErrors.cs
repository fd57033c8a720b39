using Builder.Diagnostics;
using Builder.Linux;
using Builder.Storage.Records;

namespace Builder.Storage.Layers;

/// <summary>Failures while unpacking, each with the entry that is to blame.</summary>
internal static class LayerErrors
{
    internal static BuilderException Invalid(ReadOnlySpan<byte> name, string why) =>
        new(StorageErrors.InvalidLayer, $"the layer cannot be unpacked: '{GuestName.Printable(name)}' {why}");

    internal static BuilderException OfEntry(ReadOnlySpan<byte> name, LinuxException cause) =>
        DiskErrors.IsFull(cause)
            ? DiskErrors.Full(cause)
            : new BuilderException(StorageErrors.InvalidLayer, $"the layer cannot be unpacked: '{GuestName.Printable(name)}': {cause.Message}", cause.Hint, inner: cause);

    internal static BuilderException UnmappedOwner(long userId, long groupId, LinuxException cause) =>
        new(
            StorageErrors.UnmappedOwner,
            $"the layer has a file of {userId}:{groupId}, which this user namespace does not map",
            "give the user more subordinate ids in /etc/subuid and /etc/subgid",
            inner: cause);
}

/// <summary>
/// A layer that was unpacked without the layers below turned out to say something about them. Not an error: it is unpacked
/// again when they are there.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "It is caught in this room.")]
internal sealed class LowerNeededException : Exception;
