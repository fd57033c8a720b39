using System.Collections.Concurrent;
using Builder.Oci;
using Builder.Registry.Routing;

namespace Builder.Registry.Content.Blobs;

/// <summary>Everywhere that a blob may be had, in the order in which it is asked for: mirrors, the registry, what the descriptor names.</summary>
internal sealed class BlobPlaces
{
    private readonly IReadOnlyList<Func<CancellationToken, Task<IBlobPlace>>> all;
    private readonly ConcurrentDictionary<int, IBlobPlace> known = new();

    public BlobPlaces(HttpClient client, Router router, ImageReference repository, Descriptor blob)
    {
        var reference = repository with { Tag = null, Digest = blob.Digest };
        var foreign = (blob.Urls ?? []).Select(url => ForeignPlace.Of(client, url, blob.Digest)).OfType<IBlobPlace>();
        all =
        [
            .. router.Places(reference).Select(place => (Func<CancellationToken, Task<IBlobPlace>>)(async token => new RegistryPlace(await router.ConnectAsync(place, reference, token), blob.Digest))),
            .. foreign.Select(place => (Func<CancellationToken, Task<IBlobPlace>>)(_ => Task.FromResult(place))),
        ];
    }

    public int Count => all.Count;

    /// <summary>The place of this number, the same object each time.</summary>
    public async Task<IBlobPlace> GetAsync(int index, CancellationToken cancellationToken) =>
        known.TryGetValue(index, out var place) ? place : known.GetOrAdd(index, await all[index](cancellationToken));
}
