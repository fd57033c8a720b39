using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Expansion;
using Builder.Dockerfile.Syntax;
using Builder.Oci;

namespace Builder.Graph.Compilation.Checks;

/// <summary>Without build arguments, what FROM names would be blank or no reference.</summary>
internal sealed class InvalidDefaultArgInFromCheck() : FromCheck(CheckRules.InvalidDefaultArgInFrom)
{
    public override IEnumerable<Finding> Look(FromInstruction from, FromView file)
    {
        if (file.Defaults is not { } defaults || !from.Image.Text.Contains('$', StringComparison.Ordinal))
        {
            yield break;
        }

        var name = new WordExpander(defaults, file.Escape).Expand(from.Image);
        if (!ImageReference.TryParse(name, out _))
        {
            yield return Found(
                from, $"Default value for ARG {from.Image.Text} results in empty or invalid base image name", from.Image.Span,
                "give the ARG above the first FROM a default");
        }
    }
}
