using Builder.Diagnostics;
using Builder.Engine;
using Builder.Engine.Anatomy;
using Builder.Engine.Images;
using Builder.Oci;
using Builder.Storage;

namespace Builder.Cli.Reports;

/// <summary>Makes reports of builds and of images in the store.</summary>
internal static class ReportFile
{
    /// <summary>A report of a build that has just ended, and of what it left in the store.</summary>
    /// <param name="result">Null when the build failed.</param>
    public static Report OfBuild(BuilderStore store, string subject, IReadOnlyList<ImageReference> names, BuildRecord build, BuildResult? result, string? failure, CancellationToken cancellationToken) =>
        new(subject, build, result is null ? [] : Anatomies(store, [.. new ImageCatalog(store).OfManifest(result.Manifest).Select(image => image with { Names = names })], cancellationToken)) { Failure = failure };

    /// <summary>A report of an image, and of the build that made it last if this store knows of it.</summary>
    public static Report OfImage(BuilderStore store, string name, IReadOnlyList<StoredImage> images, CancellationToken cancellationToken) => new(
        name,
        images.SelectMany(image => new[] { image.Id, image.Target.Digest }).Distinct().Select(id => BuildRecord.Find(store, id)).FirstOrDefault(build => build is not null),
        Anatomies(store, images, cancellationToken));

    /// <exception cref="BuilderException"><see cref="EngineErrors.BadOutput"/>.</exception>
    public static void Write(string path, Report report)
    {
        try
        {
            File.WriteAllText(path, ReportPage.Write(report));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(EngineErrors.BadOutput, $"the report {path} cannot be written", inner: e);
        }
    }

    private static List<(StoredImage, ImageAnatomy)> Anatomies(BuilderStore store, IReadOnlyList<StoredImage> images, CancellationToken cancellationToken) =>
        [.. images.Select(image => (image, ImageAnatomy.Of(store, image, cancellationToken)))];
}
