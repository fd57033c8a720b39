using Builder.Diagnostics;
using Builder.Linux.Processes;

namespace Builder.Containers;

/// <summary>A program that runs containers in Builder's place: runc, crun, runsc, or any with their command line.</summary>
/// <param name="Name">A name that is looked for where programs are, or a path.</param>
public sealed record OciRuntime(string Name)
{
    /// <summary>How one asks for Builder itself.</summary>
    public const string Own = "builder";

    private const string Places = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Those that are known by name, as far as this machine has them.</summary>
    public static IEnumerable<string> OfThisMachine => ((string[])["runc", "crun", "runsc"]).Where(name => new OciRuntime(name).Find() is not null);

    /// <summary>What was asked for; null is Builder itself.</summary>
    public static OciRuntime? Named(string? text) => string.IsNullOrEmpty(text) || text == Own ? null : new OciRuntime(text.Contains('/', StringComparison.Ordinal) ? System.IO.Path.GetFullPath(text) : text);

    /// <summary>The program.</summary>
    /// <exception cref="BuilderException"><see cref="ContainersErrors.NoRuntime"/>.</exception>
    internal string Require() => Find() ?? throw new BuilderException(
        ContainersErrors.NoRuntime, $"the runtime {Name} is not on this machine", $"install it (Debian has crun, runc and runsc), give its path, or say --runtime {Own}");

    /// <summary>What comes before every verb: the state's place, and no control groups, which are Builder's business.</summary>
    internal IEnumerable<string> GlobalOptions(string path, string state, string log, NetworkMode network) =>
        [path, "--root", state, "--log", log, "--log-format", "json", .. OwnOptions(path, network)];

    private IEnumerable<string> OwnOptions(string path, NetworkMode network) => System.IO.Path.GetFileName(Name) switch
    {
        "crun" => ["--cgroup-manager=disabled"],
        "runc" => ["--rootless=true"],
        "runsc" => ["--ignore-cgroups", network == NetworkMode.None ? "--network=none" : "--network=host", .. WithoutOverlay(path)],
        _ => [],
    };

    /// <summary>What a step writes has to reach the step's folder; versions that would keep it elsewhere can be told so.</summary>
    private static string[] WithoutOverlay(string path) =>
        ProgramOutput.Of(path, ["flags"], Patience).Text.Contains("-overlay2", StringComparison.Ordinal) ? ["--overlay2=none"] : [];

    private string? Find() => Name.Contains('/', StringComparison.Ordinal)
        ? (File.Exists(Name) ? Name : null)
        : $"{Environment.GetEnvironmentVariable("PATH")}:{Places}".Split(':').Where(folder => folder.StartsWith('/'))
            .Select(folder => System.IO.Path.Combine(folder, Name)).FirstOrDefault(File.Exists);
}
