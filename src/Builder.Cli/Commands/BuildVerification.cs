using Builder.Diagnostics;
using Builder.Engine;
using Builder.Engine.Exporters;
using Builder.Engine.Explaining;
using Builder.Engine.Images;
using Builder.Graph.Solving;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary><c>--verify-reproducible</c>: the same once more, with nothing from the cache, and compared.</summary>
internal static class BuildVerification
{
    /// <exception cref="BuilderException"><see cref="EngineErrors.NotReproducible"/>, with the first file that differs.</exception>
    public static async Task RunAsync(Session session, ImageBuilder builder, BuildRequest request, BuildResult first, IBuildEvents events, CancellationToken cancellationToken)
    {
        var again = request with { NoCache = true, Outputs = [OutputSpec.Nowhere], CacheTo = [], CacheMountsTo = [], Lock = request.Lock == Engine.Locking.LockMode.Write ? Engine.Locking.LockMode.None : request.Lock };
        var plain = await builder.BuildAsync(again with { NoCache = false }, events, _ => { }, cancellationToken);
        var second = await builder.BuildAsync(again, events, _ => { }, cancellationToken);
        if (plain.Manifest.Digest == second.Manifest.Digest)
        {
            return;
        }

        var comparer = new ImageComparer(session.Store);
        var catalog = new ImageCatalog(session.Store);
        var pairs = ImagesOf(catalog, plain.Manifest).Zip(ImagesOf(catalog, second.Manifest));
        var differences = pairs.SelectMany(pair => comparer.Compare(pair.First, pair.Second, cancellationToken)).ToList();
        var (what, before, after) = differences.Find(difference => difference.What.StartsWith("file ", StringComparison.Ordinal)) ?? differences.FirstOrDefault() ?? new ImageDifference("the manifest", plain.Manifest.Digest.ToString(), second.Manifest.Digest.ToString());
        var layer = differences.TakeWhile(difference => difference.What != what).LastOrDefault(difference => difference.What.StartsWith("layer ", StringComparison.Ordinal))?.What;
        throw new BuilderException(
            EngineErrors.NotReproducible,
            $"built twice, {first.ImageId} came out as another image: {what}{(layer is null ? "" : $" in the {layer}")}: {before ?? "(none)"} → {after ?? "(none)"}",
            "a time, a random number or the order of something got into it; builder explain compares two images whole");
    }

    private static IReadOnlyList<StoredImage> ImagesOf(ImageCatalog catalog, Descriptor target) => catalog.OfManifest(target);
}
