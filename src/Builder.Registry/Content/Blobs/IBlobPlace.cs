using System.Net.Http.Headers;

namespace Builder.Registry.Content.Blobs;

/// <summary>A server that may have a blob.</summary>
internal interface IBlobPlace
{
    /// <summary>Host and port, for messages.</summary>
    string Host { get; }

    /// <summary>Whether it has been seen to honour <c>Range</c> wrongly or not at all.</summary>
    bool RangesWork { get; set; }

    /// <summary>Asks for the blob, or for a range of it; what is answered is the caller's to judge and to dispose of.</summary>
    Task<HttpResponseMessage> SendAsync(RangeHeaderValue? range, CancellationToken cancellationToken);

    /// <summary>What a bad status means.</summary>
    Task<RegistryException> FailureAsync(HttpResponseMessage response, CancellationToken cancellationToken);
}
