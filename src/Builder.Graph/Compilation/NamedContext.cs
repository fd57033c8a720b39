using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>What a <c>--build-context NAME=VALUE</c> stands for. A closed hierarchy.</summary>
public abstract record NamedContext
{
    private protected NamedContext()
    {
    }
}

/// <summary>A folder. Where it is only the engine knows, by the context's name.</summary>
public sealed record FolderContext : NamedContext;

/// <summary>An image (<c>docker-image://</c>).</summary>
public sealed record ImageContext(ImageReference Reference) : NamedContext;

/// <summary>Nothing (<c>docker-image://scratch</c>).</summary>
public sealed record ScratchContext : NamedContext;

/// <summary>An image in an OCI layout (<c>oci-layout://</c>).</summary>
/// <param name="Path">The layout's folder.</param>
/// <param name="Reference">A tag or digest in it; null for its only image.</param>
public sealed record LayoutContext(string Path, string? Reference) : NamedContext;

/// <summary>A git repository, by a URL with an optional fragment.</summary>
public sealed record GitContext(string Url) : NamedContext;

/// <summary>A download: a file named <c>context</c>.</summary>
public sealed record HttpContext(string Url) : NamedContext;
