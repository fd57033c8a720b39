using Builder.Oci;
using Builder.Registry.Transport;

namespace Builder.Registry.Push;

/// <summary>An upload that the registry has opened: where the next request of it goes.</summary>
/// <param name="Location">Verbatim: some registries sign it.</param>
internal sealed record UploadSession(Uri Location)
{
    /// <summary>
    /// Where the answer says that the upload goes on. It may be another host, which then sees no credentials (they are added
    /// for the registry's own origin only); it may not be less protected than the registry, nor be somewhere that only this
    /// machine or its network can reach.
    /// </summary>
    /// <param name="before">Where it was, for answers that do not repeat it.</param>
    /// <exception cref="RegistryException"><see cref="RegistryErrors.RefusedRedirect"/>, <see cref="RegistryErrors.NotARegistry"/>.</exception>
    public static UploadSession Of(HttpResponseMessage response, UploadSession? before)
    {
        var from = response.RequestMessage!.RequestUri!;
        if (!response.Headers.NonValidated.TryGetValues("Location", out var values))
        {
            return before ?? throw new RegistryException(
                RegistryErrors.NotARegistry, $"{from.Authority} opens an upload without saying where it goes on", "is it a registry, or does a proxy drop its headers?") { Host = from.Authority };
        }

        var target = RawLocation.Resolve(from, values.FirstOrDefault() ?? "");
        var why = OnwardAddress.WhyRefused(from, target);
        return why is null
            ? new UploadSession(target!)
            : throw new RegistryException(RegistryErrors.RefusedRedirect, $"{from.Authority} sends the upload {why}; refused") { Host = from.Authority, Url = SafeUrl.Of(from) };
    }

    /// <summary>The address that ends the upload.</summary>
    public Uri Ending(Digest digest)
    {
        var text = Location.OriginalString;
        return RawLocation.Resolve(Location, $"{text}{(text.Contains('?', StringComparison.Ordinal) ? '&' : '?')}digest={digest}")!;
    }
}
