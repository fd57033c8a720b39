using System.Collections.Concurrent;

namespace Builder.Registry.Transport;

/// <summary>
/// Until when each host wants to be left alone. Shared by all requests: when a registry throttles one of six parallel
/// downloads, the other five would only prolong the ban.
/// </summary>
internal sealed class HostPauses(TimeProvider time)
{
    private static readonly TimeSpan SameAnswer = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, DateTimeOffset> until = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Holds requests to a host back.</summary>
    /// <returns>Whether that is news: requests that were under way together are all told the same.</returns>
    public bool Pause(string host, TimeSpan duration)
    {
        var end = time.GetUtcNow() + duration;
        var isNews = true;
        until.AddOrUpdate(host, end, (_, known) =>
        {
            isNews = end > known + SameAnswer;
            return known > end ? known : end;
        });
        return isNews;
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
