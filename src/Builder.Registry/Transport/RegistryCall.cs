namespace Builder.Registry.Transport;

/// <summary>On whose behalf a request travels through the handlers; redirects inherit it.</summary>
/// <param name="Scope">What a token for this request must allow, such as <c>repository:library/alpine:pull</c>.</param>
internal sealed record RegistryCall(Endpoint Endpoint, string Scope)
{
    public static readonly HttpRequestOptionsKey<RegistryCall> Key = new("Builder.Registry.Call");

    public static RegistryCall? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var call) ? call : null;

    public HttpRequestMessage Request(HttpMethod method, Uri uri)
    {
        var request = new HttpRequestMessage(method, uri);
        request.Options.Set(Key, this);
        return request;
    }
}
