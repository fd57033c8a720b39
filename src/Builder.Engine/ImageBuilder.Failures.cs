using Builder.Diagnostics;
using Builder.Engine.CacheMounts;
using Builder.Engine.Failures;
using Builder.Engine.Images;
using Builder.Engine.Runners;

namespace Builder.Engine;

/// <content>What a build does beside building: looks into what failed, takes in cache mounts.</content>
public sealed partial class ImageBuilder
{
    /// <summary>How a shell in a step's container talks to the user; null when there is nobody to talk to.</summary>
    public StepShell? Shell { get; init; }

    private async Task LookIntoAsync(BuildRequest request, FailedStep failed, RunRunner runs, BaseImages bases, CancellationToken cancellationToken)
    {
        if (request.KeepFailed is { } name)
        {
            new FailedStepImage(store, bases).Keep(failed, name, failed.Vertex.Platform ?? request.AllPlatforms[0], cancellationToken);
        }

        if (request.ShellOnError)
        {
            await OpenShellAsync(runs, failed, $"{failed.Vertex} failed: this shell is in its container", cancellationToken);
        }
    }

    private async Task OpenShellAsync(RunRunner runs, FailedStep step, string sentence, CancellationToken cancellationToken)
    {
        if (Shell is null)
        {
            return;
        }

        Shell.Begin(sentence);
        try
        {
            await runs.OpenShellAsync(step, Shell, cancellationToken);
        }
        finally
        {
            Shell.End();
        }
    }

    /// <summary>A cache that is not there yet is a remark: every cache has its first build.</summary>
    private static async Task TakeCacheMountsAsync(CacheMountTravel travel, BuildRequest request, Action<Diagnostic> warnings, CancellationToken cancellationToken)
    {
        foreach (var spec in request.CacheMountsFrom)
        {
            try
            {
                await travel.ImportAsync(spec, [], cancellationToken);
            }
            catch (BuilderException e)
            {
                warnings(new Diagnostic("Cache", Severity.Warning, $"the cache mounts of {(object?)spec.Reference ?? spec.Folder} cannot be read: {e.Message}"));
            }
        }
    }
}
