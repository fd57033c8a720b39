using System.Collections.Concurrent;
using Builder.Oci;
using Builder.Registry.Content;
using Builder.Registry.Transport;

namespace Builder.Registry.Routing;

/// <summary>From a reference to the places that are asked, and to what is spoken there.</summary>
internal sealed class Router(HttpClient client, RegistryOptions options)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> schemes = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The repository at its own registry, which is the only one to push to.</summary>
    public async Task<Connection> OriginAsync(ImageReference reference, CancellationToken cancellationToken) =>
        await ConnectAsync(options.Sources?.Origin(reference) ?? OwnRegistry(reference), reference, cancellationToken);

    /// <summary>The registry as a whole.</summary>
    public async Task<Connection> BaseAsync(string domain, CancellationToken cancellationToken) =>
        new(client, options, Endpoint.Of(domain, "", await SchemeAsync(Endpoint.HostOf(domain), false, cancellationToken)), domain);

    /// <summary>The places where a reference may be looked up, in order; a mirror that is not to be asked for tags is left out for tags.</summary>
    public IReadOnlyList<PullSource> Places(ImageReference reference)
    {
        var places = options.Sources?.Find(reference) ?? [OwnRegistry(reference)];
        return [.. places.Where(place => reference.Digest is null ? place.ResolvesTags : place.ServesDigests)];
    }

    public async Task<Connection> ConnectAsync(PullSource place, ImageReference reference, CancellationToken cancellationToken)
    {
        var endpoint = place.BaseAddress is { } address
            ? new Endpoint(address, place.Domain, place.Repository)
            : Endpoint.Of(place.Domain, place.Repository, await SchemeAsync(Endpoint.HostOf(place.Domain), place.IsInsecure, cancellationToken));
        return new Connection(client, options, endpoint with { Namespace = place.Namespace }, reference.Repository);
    }

    private static PullSource OwnRegistry(ImageReference reference) => new(reference.Domain, reference.Path);

    private async Task<string> SchemeAsync(string authority, bool isInsecure, CancellationToken cancellationToken)
    {
        if ((!isInsecure && !HostLists.Contains(options.Insecure, authority)) || HostLists.Contains(options.PlainHttp, authority))
        {
            return Endpoint.SchemeOf(authority, options);
        }

        var probe = schemes.GetOrAdd(authority, host => new Lazy<Task<string>>(() => ProbeAsync(host, cancellationToken)));
        try
        {
            return await probe.Value;
        }
        catch
        {
            schemes.TryRemove(KeyValuePair.Create(authority, probe));
            throw;
        }
    }

    /// <summary>Which of https and http an insecure registry speaks. Nothing is shown to it while that is open.</summary>
    private async Task<string> ProbeAsync(string authority, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(Uri.UriSchemeHttps, authority, cancellationToken);
            return Uri.UriSchemeHttps;
        }
        catch (RegistryException secure) when (secure.Code != RegistryErrors.UnknownHost)
        {
            try
            {
                await AskAsync(Uri.UriSchemeHttp, authority, cancellationToken);
                return Uri.UriSchemeHttp;
            }
            catch (RegistryException)
            {
                throw secure;
            }
        }
    }

    private async Task AskAsync(string scheme, string authority, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Endpoint.Of(authority, "", scheme).Registry);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }
}
