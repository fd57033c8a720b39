using System.Diagnostics;
using Builder.Diagnostics;

namespace Builder.Linux.ControlGroups;

/// <summary>Stops and continues a group, the way its tree has it.</summary>
/// <param name="Order">The file that takes the order.</param>
/// <param name="State">The file that tells whether it has been carried out.</param>
internal sealed record ControlGroupFreezer(IControlGroupFiles Files, string Order, string Freezing, string Thawing, string State, string Frozen)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static ControlGroupFreezer For(IReadOnlyDictionary<string, string> directories, IControlGroupFiles files) =>
        directories.TryGetValue("", out var unified) ? new(files, $"{unified}/cgroup.freeze", "1", "0", $"{unified}/cgroup.events", "frozen 1")
        : directories.TryGetValue("freezer", out var freezer) ? new(files, $"{freezer}/freezer.state", "FROZEN", "THAWED", $"{freezer}/freezer.state", "FROZEN")
        : throw new BuilderException(LinuxErrors.ControlGroup, "the container has no control group that can freeze", "this machine has neither the freezer nor a version 2 tree");

    public bool IsFrozen => Files.Read(State)?.Split('\n').Contains(Frozen) == true;

    public void Freeze()
    {
        var start = Stopwatch.GetTimestamp();
        var wait = new SpinWait();
        Files.Write(Order, Freezing);
        while (!IsFrozen)
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                Files.Write(Order, Thawing);
                throw new BuilderException(LinuxErrors.ControlGroup, "the container does not stand still: a process of it waits for a device", "try again");
            }

            // Version 1 wants to be asked again while processes come and go.
            wait.SpinOnce();
            Files.Write(Order, Freezing);
        }
    }

    public void Thaw() => Files.Write(Order, Thawing);
}
