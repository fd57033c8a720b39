using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Expansion;
using Builder.Dockerfile.Syntax;
using Builder.Oci;

namespace Builder.Graph.Compilation.Checks;

/// <summary>The platform of a FROM is fixed, and the stage's name does not say that it is meant to be.</summary>
internal sealed class FromPlatformFlagConstDisallowedCheck() : FromCheck(CheckRules.FromPlatformFlagConstDisallowed)
{
    public override IEnumerable<Finding> Look(FromInstruction from, FromView file)
    {
        if (from.Platform is not { } word || word.Text.Contains('$', StringComparison.Ordinal))
        {
            yield break;
        }

        var text = new WordExpander(file.Globals, file.Escape).Expand(word);
        var platform = Platform.Parse(text);
        var name = from.StageName ?? "";
        if (!name.Contains(platform.Os, StringComparison.Ordinal) && !name.Contains(platform.Architecture, StringComparison.Ordinal))
        {
            yield return Found(
                from, $"FROM --platform flag should not use constant value \"{text}\"", word.Span,
                "use $BUILDPLATFORM for tools of the build, or say in the stage's name that it is for this platform");
        }
    }
}
