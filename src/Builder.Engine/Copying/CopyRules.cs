using Builder.Graph.Operations;
using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>What a copy makes of owner, mode and time of the things it copies; where it keeps them, the source tree has a say.</summary>
/// <param name="Owner">Numbers of <c>--chown</c>, resolved in the destination; null to keep the source's.</param>
/// <param name="Mode"><c>--chmod</c>; null to keep the source's.</param>
/// <param name="NewDirectoryTime">
/// The time of directories and files that no source stands for. Never the clock: the same copy must give the same layer tomorrow.
/// </param>
internal sealed record CopyRules((uint Uid, uint Gid)? Owner, ModeChange? Mode, FileTime NewDirectoryTime)
{
    public (uint Uid, uint Gid) OwnerOf(SourceTree tree, in FileStatus source) =>
        Owner ?? (tree.OwnedByRoot ? (0, 0) : (source.UserId, source.GroupId));

    public uint ModeOf(SourceTree tree, in FileStatus source) => Changed(tree.ModeOf(source), source.Type);

    /// <summary>What <c>--chmod</c> makes of a mode.</summary>
    public uint Changed(uint mode, FileType type) => Mode?.Apply(mode, type == FileType.Directory) ?? mode;

    /// <summary>Directories on the way to the destination (C12): 0755, or the mode of a numeric <c>--chmod</c>.</summary>
    public uint NewDirectoryMode => Mode is { IsOctal: true } change ? change.Apply(0, isDirectory: true) : 0x1ed;

    public (uint Uid, uint Gid) NewDirectoryOwner => Owner ?? (0, 0);
}
