using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Graph;
using Builder.Graph.Operations;

namespace Builder.Engine.Options;

/// <summary>
/// What the user lets steps have beyond a container (<c>--allow</c>). One function decides for every step of a build, before
/// the first is run.
/// </summary>
public sealed record Entitlements
{
    public const string NetworkHostName = "network.host";
    public const string InsecureName = "security.insecure";
    public const string DeviceName = "device";

    public static Entitlements None { get; } = new();

    /// <summary>The host's network, on demand of a RUN.</summary>
    public bool NetworkHost { get; init; }

    /// <summary><c>RUN --security=insecure</c>.</summary>
    public bool Insecure { get; init; }

    /// <summary>Every device.</summary>
    public bool AllDevices { get; init; }

    /// <summary>Devices by name.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>The words of <c>--allow</c>: <c>network.host</c>, <c>security.insecure</c>, <c>device</c> and <c>device=NAME</c>.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.InvalidEntitlement"/>.</exception>
    public static Entitlements Parse(IEnumerable<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return words.SelectMany(word => word.Split(',')).Aggregate(None, (all, word) => word switch
        {
            NetworkHostName => all with { NetworkHost = true },
            InsecureName => all with { Insecure = true },
            DeviceName => all with { AllDevices = true },
            _ when word.StartsWith(DeviceName + "=", StringComparison.Ordinal) => all with { Devices = [.. all.Devices, word[(DeviceName.Length + 1)..]] },
            _ => throw new BuilderException(
                EngineErrors.InvalidEntitlement, $"--allow: unknown entitlement '{word}'", $"it is {NetworkHostName}, {InsecureName}, {DeviceName} or {DeviceName}=NAME"),
        });
    }

    /// <summary>Refuses a build with a step that asks for more than is allowed.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.NotAllowed"/>, with the place of the step.</exception>
    internal void Require(BuildGraph graph)
    {
        foreach (var vertex in graph.Vertices)
        {
            if (vertex.Operation is RunOperation run && Missing(run) is { } missing)
            {
                throw new BuilderException(
                    EngineErrors.NotAllowed, $"{missing} is not allowed", $"if you trust this Dockerfile, build with --allow {missing}", vertex.SourceSpan);
            }
        }
    }

    private string? Missing(RunOperation run) =>
        run.Network == RunNetwork.Host && !NetworkHost ? NetworkHostName
        : run.Security == RunSecurity.Insecure && !Insecure ? InsecureName
        : null;

    /// <summary>Whether a step may have a device that is there.</summary>
    internal bool MayHave(string device) => AllDevices || Devices.Contains(device, StringComparer.Ordinal);
}
