using System.Collections.Concurrent;

namespace Builder.Registry.Transport;

/// <summary>
/// Until when each host wants to be left alone. Shared by all requests: when a registry throttles one of six parallel
/// downloads, the other five would only prolong the ban.
/// </summary>
internal sealed class HostPauses(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> until = new(StringComparer.OrdinalIgnoreCase);

    public void Pause(string host, TimeSpan duration)
    {
        var end = time.GetUtcNow() + duration;
        until.AddOrUpdate(host, end, (_, known) => known > end ? known : end);
    }

    public async Task WaitAsync(string host, CancellationToken cancellationToken)
    {
        while (until.TryGetValue(host, out var end))
        {
            var left = end - time.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                until.TryRemove(KeyValuePair.Create(host, end));
                return;
            }

            await Task.Delay(left, time, cancellationToken);
        }
    }
}
