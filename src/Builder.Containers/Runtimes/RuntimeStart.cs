using Builder.Linux.Processes;

namespace Builder.Containers.Runtimes;

/// <summary>Waits until a runtime has started the program, which it tells by writing down its process id.</summary>
internal sealed class RuntimeStart(ContainerSpec spec, RuntimeBundle bundle, ChildProcess child, CancellationToken cancellationToken)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(2);

    /// <summary>Returns when the program was started, even if it has ended since; else the runtime is gone.</summary>
    /// <param name="passOnOutput">Called when the runtime ended without: what it said is all there is.</param>
    /// <exception cref="Diagnostics.BuilderException">What the runtime complains about.</exception>
    public void Await(Action passOnOutput)
    {
        using (cancellationToken.UnsafeRegister(_ => child.Signal(Signals.Kill), null))
        {
            var hasEnded = false;
            while (!bundle.HasStarted && !hasEnded)
            {
                hasEnded = Descriptors.WaitReadable([child.Handle], LookAgain)[0];
            }
        }

        if (bundle.HasStarted)
        {
            return;
        }

        passOnOutput();
        var status = child.Wait();
        child.Dispose();
        cancellationToken.ThrowIfCancellationRequested();
        throw bundle.Failure(spec) ?? RuntimeBundle.Ended(spec, status.Code);
    }
}
