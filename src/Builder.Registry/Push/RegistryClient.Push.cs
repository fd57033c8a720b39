using Builder.Oci;
using Builder.Registry.Push;
using Builder.Registry.Transport;

namespace Builder.Registry;

/// <content>Writing blobs.</content>
public sealed partial class RegistryClient
{
    private readonly UploadHabits habits = new();

    /// <summary>
    /// Brings a blob into a repository: not at all when it is there, by a mount when another repository of the registry has
    /// it, else by an upload that goes on or begins again when it breaks (spec/registry.md, "Push"). Safe to call for many
    /// blobs at once; how many is the caller's choice.
    /// </summary>
    /// <param name="repository">Names domain and path; tag and digest play no part.</param>
    /// <param name="mountFrom">The path of a repository of the same registry that is believed to have the blob.</param>
    /// <param name="progress">Told how many of the blob's bytes have been sent; goes back when something has to be sent again.</param>
    /// <exception cref="RegistryException">The registry refuses it, or the connection does not hold.</exception>
    public async Task<PushedBlob> PushBlobAsync(
        ImageReference repository, BlobSource source, string? mountFrom = null, Action<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(source);
        var connection = await ConnectToPushAsync(repository, cancellationToken);
        return await new BlobUploader(connection, source, habits.Of(connection.Endpoint.Origin), progress).RunAsync(mountFrom, cancellationToken);
    }

    /// <summary>Whether a repository has a blob.</summary>
    public async Task<bool> HasBlobAsync(ImageReference repository, Descriptor blob, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(blob);
        return await (await ConnectToPushAsync(repository, cancellationToken)).HasBlobAsync(blob, cancellationToken);
    }

    private async Task<PushConnection> ConnectToPushAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        var origin = await router.Value.OriginAsync(reference, cancellationToken);
        return new PushConnection(pipeline.Value.Client, Options, origin.Endpoint, reference.Repository);
    }
}
