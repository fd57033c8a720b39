using Builder.Containers;
using Builder.Linux.ControlGroups;

namespace Builder.Benchmarks.Launch;

/// <summary>A root file system of one static program in a folder of its own, and the full sandbox around it.</summary>
internal sealed class LaunchScene : IDisposable
{
    private const string Busybox = "/bin/busybox";

    public LaunchScene()
    {
        Folder = Directory.CreateTempSubdirectory("builder-launch-").FullName;
        Lower = Make("rootfs");
        Upper = Make("upper");
        Work = Make("work");
        foreach (var directory in new[] { "bin", "proc", "sys", "dev", "etc", "tmp" })
        {
            Directory.CreateDirectory(Path.Combine(Lower, directory));
        }

        File.Copy(Busybox, Path.Combine(Lower, "bin/true"));
    }

    public string Folder { get; }

    public string Lower { get; }

    private string Upper { get; }

    private string Work { get; }

    public bool HasControlGroups { get; } = TryControlGroup();

    /// <summary>Every namespace, an overlay, Docker's capabilities and filter; a control group where this user can have one.</summary>
    public ContainerSpec Sandbox(bool withControlGroup) => new()
    {
        Argv = ["/bin/true"],
        Env = ["PATH=/bin"],
        Root = new OverlayRoot([Lower], Upper, Work, Volatile: false),
        Network = NetworkMode.None,
        ControlGroup = withControlGroup ? Limits : ControlGroupRequest.None,
    };

    /// <summary>The sandbox with folders of its own, for launches side by side.</summary>
    public ContainerSpec SandboxOf(int worker, bool withControlGroup) =>
        Sandbox(withControlGroup) with { Root = new OverlayRoot([Lower], Make($"upper{worker}"), Make($"work{worker}"), Volatile: false) };

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static ControlGroupRequest Limits { get; } = new() { Limits = new ControlGroupLimits { Memory = 256 << 20, Processes = 100 } };

    private static bool TryControlGroup()
    {
        try
        {
            ControlGroup.Create(Limits).Dispose();
            return true;
        }
        catch (Diagnostics.BuilderException)
        {
            return false;
        }
    }

    private string Make(string name) => Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
}
