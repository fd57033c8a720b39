using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Builder.Linux.Files;
using Builder.Linux.Isolation;

namespace Builder.Storage.Layers;

/// <summary>
/// Where only one id exists, files cannot be given to others; the owner that they should have is kept beside them, so that a
/// layer made of them is right. Symbolic links and devices can hold no such note and come out as root's.
/// </summary>
internal static class RecordedOwner
{
    internal static void Set(DirectoryHandle directory, ReadOnlySpan<byte> name, uint userId, uint groupId) =>
        directory.SetXattr(name, CarriedXattrs.OwnerName, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{userId}:{groupId}")));

    /// <summary>The owner that the file should have: the recorded one where ids are missing, else its own.</summary>
    internal static (uint UserId, uint GroupId) Of(DirectoryHandle directory, ReadOnlySpan<byte> name, in FileStatus status)
    {
        if (!UserNamespace.Current.HasSingleId || status.Type is not (FileType.Regular or FileType.Directory))
        {
            return (status.UserId, status.GroupId);
        }

        var note = directory.GetXattr(name, CarriedXattrs.OwnerName).AsSpan();
        var colon = note.IndexOf((byte)':');
        return colon > 0
            && Utf8Parser.TryParse(note[..colon], out uint userId, out var userLength) && userLength == colon
            && Utf8Parser.TryParse(note[(colon + 1)..], out uint groupId, out var groupLength) && groupLength == note.Length - colon - 1
                ? (userId, groupId)
                : (status.UserId, status.GroupId);
    }
}
