using Builder.Cli.Displays;
using Builder.Cli.Registries;
using Builder.Diagnostics;
using Builder.Engine;
using Builder.Engine.Images;
using Builder.Engine.Pulling;
using Builder.Oci;

namespace Builder.Cli.Containers;

/// <summary>The image of a new container is fetched when it is not here.</summary>
internal static class ImagePulls
{
    /// <param name="policy">missing, always or never.</param>
    /// <exception cref="BuilderException">It is not here and cannot be had.</exception>
    public static async Task RequireAsync(Session session, string image, string policy, CancellationToken cancellationToken)
    {
        switch (policy)
        {
            case "never":
            case "missing" when IsHere(session, image):
                return;
            case "missing" or "always":
                Terminal.WriteErrorLine($"Unable to find image '{Terminal.Harmless(image)}' locally");
                await PullAsync(session, image, cancellationToken);
                return;
            default:
                throw new BuilderException(CliErrors.Usage, $"--pull {policy}: it is missing, always or never");
        }
    }

    private static bool IsHere(Session session, string image)
    {
        try
        {
            _ = new ImageCatalog(session.Store).Get(image);
            return true;
        }
        catch (BuilderException e) when (e.Code == EngineErrors.NoSuchImage)
        {
            return false;
        }
    }

    private static Task<PulledImage> PullAsync(Session session, string image, CancellationToken cancellationToken) =>
        ShortNames.FirstAsync(ShortNames.Candidates(image), async reference =>
        {
            using var display = new PullDisplay(Terminal.CanRedraw ? Terminal.WriteError : null, Terminal.WriteErrorLine, TimeProvider.System);
            return await new ImagePuller(session.Store, session.Registry).PullAsync(reference, Platform.Host, display, cancellationToken);
        });
}
