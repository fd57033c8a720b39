using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests;

/// <summary>A registry in this process, and a client that does not wait long.</summary>
public abstract class RegistryTest : IAsyncLifetime
{
    protected static readonly RegistryOptions Hasty = new() { FirstPause = TimeSpan.FromMilliseconds(1), Jitter = () => 0 };

    protected TestRegistry Registry { get; } = new();

    protected RegistryClient Client { get; set; } = new(Hasty);

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Registry.DisposeAsync();
    }

    protected static Func<TestRequest, bool> Blobs => request => request.Path.Contains("/blobs/sha256:", StringComparison.Ordinal);

    protected static Func<TestRequest, bool> Manifests => request => request.Path.Contains("/manifests/", StringComparison.Ordinal);

    protected static async Task<RegistryException> FailsAsync(Builder.Diagnostics.ErrorCode code, Func<Task> action)
    {
        var e = await Assert.ThrowsAsync<RegistryException>(action);
        Assert.True(code == e.Code, $"expected {code}, was {e.Code}: {e.Message}");
        return e;
    }
}
