using Builder.Graph.Operations;
using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>What a copy makes of owner, mode and time of the things it copies.</summary>
/// <param name="Owner">Numbers of <c>--chown</c>, resolved in the destination; null to keep the source's.</param>
/// <param name="Mode"><c>--chmod</c>; null to keep the source's.</param>
/// <param name="SourceOwnedByRoot">Whether kept owners are those of a build context, which are root's whatever they say.</param>
/// <param name="NewDirectoryTime">
/// The time of directories that no source stands for. Never the clock: the same copy must give the same layer tomorrow.
/// </param>
/// <param name="NormalizesModes">Whether of the source's modes only the owner's right to execute counts.</param>
internal sealed record CopyRules((uint Uid, uint Gid)? Owner, ModeChange? Mode, bool SourceOwnedByRoot, FileTime NewDirectoryTime, bool NormalizesModes = false)
{
    public (uint Uid, uint Gid) OwnerOf(in FileStatus source) =>
        Owner ?? (SourceOwnedByRoot ? (0, 0) : (source.UserId, source.GroupId));

    public uint ModeOf(in FileStatus source)
    {
        var mode = NormalizesModes ? SourceTree.NormalModeOf(source) : source.Mode;
        return Mode?.Apply(mode, source.Type == FileType.Directory) ?? mode;
    }

    /// <summary>Directories on the way to the destination (C12): 0755, or the mode of a numeric <c>--chmod</c>.</summary>
    public uint NewDirectoryMode => Mode is { IsOctal: true } change ? change.Apply(0, isDirectory: true) : 0x1ed;

    public (uint Uid, uint Gid) NewDirectoryOwner => Owner ?? (0, 0);
}
