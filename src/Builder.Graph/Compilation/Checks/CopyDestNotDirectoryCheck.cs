using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation.Checks;

/// <summary>
/// Several sources meet a destination without a slash at its end: unless it happens to be a directory, each file replaces the
/// one before (rule C11). The working directory and what lies above it are directories for certain.
/// </summary>
internal sealed class CopyDestNotDirectoryCheck() : StageCheck(CheckRules.CopyDestNotDirectory)
{
    public override IEnumerable<Finding> Look(Instruction instruction, StageView stage)
    {
        if (instruction is not TransferInstruction transfer || transfer is CopyInstruction { Parents: true }
            || transfer.Sources.Length + transfer.Heredocs.Length < 2)
        {
            yield break;
        }

        var destination = stage.Expand(transfer.Destination);
        var path = GuestPath.Join(stage.State.WorkingDirectory, destination);
        if (destination.Length > 0 && !GuestPath.IsDirectoryText(destination) && !IsAtOrAbove(path, stage.State.WorkingDirectory))
        {
            yield return Found(
                instruction,
                $"Several sources are copied to \"{destination}\": if it is no directory yet, only the last one remains", transfer.Destination.Span,
                $"write {destination}/");
        }
    }

    private static bool IsAtOrAbove(string path, string directory) =>
        directory == path || path == "/" || directory.StartsWith(path + "/", StringComparison.Ordinal);
}
