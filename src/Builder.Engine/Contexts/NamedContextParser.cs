using Builder.Diagnostics;
using Builder.Graph.Compilation;
using Builder.Oci;

namespace Builder.Engine.Contexts;

/// <summary>What the value of <c>--build-context NAME=VALUE</c> stands for (dockerfile-language.md K1).</summary>
internal static class NamedContextParser
{
    private const string Image = "docker-image://";
    private const string Layout = "oci-layout://";

    /// <exception cref="BuilderException">The value names nothing that can be a context.</exception>
    public static NamedContext Parse(string name, string value)
    {
        if (value.StartsWith(Image, StringComparison.Ordinal))
        {
            var reference = value[Image.Length..];
            return reference == "scratch" ? new ScratchContext() : new ImageContext(ImageReference.Parse(reference));
        }

        if (value.StartsWith(Layout, StringComparison.Ordinal))
        {
            return ParseLayout(value[Layout.Length..]);
        }

        if (value.Contains("://", StringComparison.Ordinal) || value.StartsWith("git@", StringComparison.Ordinal))
        {
            throw new BuilderException(
                EngineErrors.NotSupported,
                $"the build context '{name}' is {value}, and contexts from git and http are not supported yet",
                "fetch it first and give the folder");
        }

        return new FolderContext();
    }

    /// <summary><c>folder</c>, <c>folder:tag</c> or <c>folder@digest</c>; a colon in the folder's own name is looked at first.</summary>
    private static LayoutContext ParseLayout(string text)
    {
        var at = text.LastIndexOf('@');
        if (at > 0 && Digest.TryParse(text[(at + 1)..], out _))
        {
            return new LayoutContext(text[..at], text[(at + 1)..]);
        }

        var colon = text.LastIndexOf(':');
        return colon > text.LastIndexOf('/') && !Directory.Exists(text)
            ? new LayoutContext(text[..colon], text[(colon + 1)..])
            : new LayoutContext(text, null);
    }
}
