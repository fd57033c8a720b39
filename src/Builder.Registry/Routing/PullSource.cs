namespace Builder.Registry.Routing;

/// <summary>A place where an image's content may be had: its own registry, or a mirror of it.</summary>
/// <param name="Domain">Host and port, as in references; decides about logins and TLS.</param>
/// <param name="Repository">The image's path there.</param>
public sealed record PullSource(string Domain, string Repository)
{
    /// <summary>The base of the API where it is not <c>/v2/</c> of the domain; null elsewhere.</summary>
    public Uri? BaseAddress { get; init; }

    /// <summary>The registry that a mirror is asked about, for mirrors of several; null where the path says enough.</summary>
    public string? Namespace { get; init; }

    /// <summary>Whether what a tag means may be asked here; a digest may be asked everywhere.</summary>
    public bool ResolvesTags { get; init; } = true;

    /// <summary>Whether content may be asked for by digest here.</summary>
    public bool ServesDigests { get; init; } = true;

    /// <summary>See <see cref="RegistryOptions.Insecure"/>.</summary>
    public bool IsInsecure { get; init; }
}

/// <summary>Where to look for images.</summary>
public interface IImageSources
{
    /// <summary>
    /// The places to ask for an image, in order, the registry itself last; null to ask the registry that the reference names.
    /// </summary>
    /// <exception cref="RegistryException"><see cref="RegistryErrors.Blocked"/>.</exception>
    IReadOnlyList<PullSource>? Find(Oci.ImageReference reference);

    /// <summary>Where an image is pushed to: never a mirror; null for the registry that the reference names.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryErrors.Blocked"/>.</exception>
    PullSource? Origin(Oci.ImageReference reference) => Find(reference)?[^1];
}
