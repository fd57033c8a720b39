using Builder.Diagnostics;
using Builder.Engine.Sources;
using Builder.Graph.Compilation;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Engine.Contexts;

/// <summary>What the value of <c>--build-context NAME=VALUE</c> stands for (dockerfile-language.md K1).</summary>
internal static class NamedContextParser
{
    private const string Image = "docker-image://";
    private const string Target = "target:";
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

        if (value.StartsWith(Target, StringComparison.Ordinal))
        {
            throw Unsupported(name, value, "target: names a target of a bake file; in a Dockerfile, stages are known by their names");
        }

        // A folder comes first, whatever its name looks like.
        if (Directory.Exists(value))
        {
            return new FolderContext();
        }

        return RemoteSource.Parse(value, keepGitDirectory: false) switch
        {
            GitOperation => new GitContext(value),
            HttpOperation => new HttpContext(value),
            _ when value.Contains("://", StringComparison.Ordinal) =>
                throw Unsupported(name, value, "it is a folder, docker-image://, oci-layout://, http(s):// or a git repository"),
            _ => new FolderContext(),
        };
    }

    private static BuilderException Unsupported(string name, string value, string hint) =>
        new(SourceErrors.UnsupportedContext, $"unsupported context source for '{name}': {value}", hint);

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
