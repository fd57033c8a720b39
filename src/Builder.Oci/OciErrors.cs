using Builder.Diagnostics;

namespace Builder.Oci;

/// <summary>What can be wrong with the words themselves: a digest, a reference, a document.</summary>
public static class OciErrors
{
    /// <summary>A digest that is malformed, or of an algorithm that cannot be verified here.</summary>
    public static readonly ErrorCode InvalidDigest = new(1150);

    /// <summary>A JSON document that is not the manifest, index or config it claims to be.</summary>
    public static readonly ErrorCode InvalidDocument = new(1151);

    /// <summary>An image that contradicts itself; see <see cref="ImageLaws"/>.</summary>
    public static readonly ErrorCode BrokenLaw = new(1152);

    /// <summary>An image reference that does not fit the grammar.</summary>
    public static readonly ErrorCode InvalidReference = new(2050);

    /// <summary>A platform that does not fit <c>os[/arch[/variant]]</c>.</summary>
    public static readonly ErrorCode InvalidPlatform = new(2051);
}
