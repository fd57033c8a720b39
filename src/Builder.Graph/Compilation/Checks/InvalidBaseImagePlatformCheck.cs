using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation.Checks;

/// <summary>A base image is for another system or processor than the stage (rule P4).</summary>
internal static class InvalidBaseImagePlatformCheck
{
    public static Finding? Look(ImageOrigin image, FromInstruction from)
    {
        var actual = image.Image.Config.Platform;
        return image.Image.IsUnseen || (actual.Os == image.Platform.Os && actual.Architecture == image.Platform.Architecture)
            ? null
            : new Finding(
                CheckRules.InvalidBaseImagePlatform, from,
                $"Base image {image.Image.Reference.Familiar} was pulled with platform \"{actual}\", expected \"{image.Platform}\" for current build",
                from.Image.Span);
    }
}
