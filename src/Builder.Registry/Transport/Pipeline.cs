using System.Net.Http.Headers;
using Builder.Registry.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace Builder.Registry.Transport;

/// <summary>
/// The way of a request, outermost first: warnings → redirects → authentication → retries → answer timeout → sockets.
/// Authentication is inside redirects, so that each hop is judged by its own origin, and outside retries, so that the
/// token server is retried like the registry.
/// </summary>
internal sealed class Pipeline : IDisposable
{
    private const string Name = "registry";
    private readonly ServiceProvider services;

    public Pipeline(RegistryOptions options)
    {
        var pauses = new HostPauses(options.Time);
        var authorizations = new Authorizations(options);
        var collection = new ServiceCollection();
        collection.AddHttpClient(Name)
            .RemoveAllLoggers()
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .ConfigureHttpClient(client => Configure(client, options))
            .AddHttpMessageHandler(() => new WarningHandler(options))
            .AddHttpMessageHandler(() => new RedirectHandler())
            .AddHttpMessageHandler(() => new AuthenticationHandler(authorizations))
            .AddHttpMessageHandler(() => new RetryHandler(options, pauses))
            .AddHttpMessageHandler(() => new ResponseTimeoutHandler(options))
            .ConfigurePrimaryHttpMessageHandler(() => new HostHandlers(options));
        services = collection.BuildServiceProvider();
        Client = services.GetRequiredService<IHttpClientFactory>().CreateClient(Name);
    }

    public HttpClient Client { get; }

    public void Dispose()
    {
        Client.Dispose();
        services.Dispose();
    }

    private static void Configure(HttpClient client, RegistryOptions options)
    {
        client.Timeout = Timeout.InfiniteTimeSpan;
        client.DefaultRequestHeaders.UserAgent.ParseAdd(options.UserAgent);

        // Digests are of the stored bytes: nobody on the way may compress them.
        client.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
    }
}
