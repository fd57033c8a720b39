using Builder.Linux.Processes;

namespace Builder.Containers.Launch;

/// <summary>A way in which a process comes to be in a container.</summary>
internal interface ILaunchScript : IDisposable
{
    /// <exception cref="Diagnostics.BuilderException">What kept the program from starting.</exception>
    ChildProcess Launch(CancellationToken cancellationToken);
}
