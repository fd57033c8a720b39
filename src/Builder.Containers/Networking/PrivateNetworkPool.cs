using System.Collections.Concurrent;
using Builder.Diagnostics;

namespace Builder.Containers.Networking;

/// <summary>
/// Private networks that are prepared ahead: a container takes one that waits, and gives it back for the next. Two containers never
/// have the same at the same time, so their ports do not meet.
/// </summary>
/// <param name="newPlace">Gives a path for a file that is a network's own.</param>
public sealed class PrivateNetworkPool(Func<string> newPlace) : IAsyncDisposable
{
    private readonly ConcurrentQueue<Task<PrivateNetwork>> waiting = new();
    private readonly ConcurrentBag<Task<PrivateNetwork>> all = [];

    /// <summary>Begins to prepare one, unless one waits.</summary>
    public void Prepare()
    {
        if (waiting.IsEmpty)
        {
            waiting.Enqueue(New());
        }
    }

    /// <exception cref="BuilderException"><see cref="ContainersErrors.PrivateNetwork"/>.</exception>
    public Task<PrivateNetwork> TakeAsync() => waiting.TryDequeue(out var network) ? network : New();

    /// <summary>For the next container. Not for one that could have changed it, which may only be disposed with the pool.</summary>
    public void GiveBack(PrivateNetwork network) => waiting.Enqueue(Task.FromResult(network));

    public async ValueTask DisposeAsync()
    {
        foreach (var network in all)
        {
            // One that is on its way is waited for: its program must not stay.
            try
            {
                (await network).Dispose();
            }
            catch (BuilderException)
            {
                // It did not come up, and whoever wanted it was told.
            }
        }

        all.Clear();
        waiting.Clear();
    }

    private Task<PrivateNetwork> New()
    {
        var network = PrivateNetwork.PrepareAsync(newPlace());
        all.Add(network);
        return network;
    }
}
