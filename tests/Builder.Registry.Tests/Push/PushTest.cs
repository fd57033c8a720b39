using Builder.Oci;
using Builder.Registry.Push;
using Builder.Testing.Http;
using Builder.Testing.Registries;

namespace Builder.Registry.Tests.Push;

/// <summary>What tests of pushing have in common: a blob, and the requests that it took.</summary>
public abstract class PushTest : RegistryTest
{
    protected static readonly byte[] Content = TestImage.Noise(300_000);

    protected static Descriptor Layer { get; } = new(MediaTypes.OciLayer, Digest.Of(Content), Content.Length);

    protected ImageReference App => Registry.Reference("app");

    protected static Func<TestRequest, bool> Posts => request => request.Method == "POST";

    protected static Func<TestRequest, bool> Puts => request => request.Method == "PUT";

    protected static Func<TestRequest, bool> Patches => request => request.Method == "PATCH";

    protected Task<PushedBlob> PushAsync(string? mountFrom = null) =>
        Client.PushBlobAsync(App, BlobSource.Of(Layer, Content), mountFrom, null, Cancel);

    protected void AssertStored() => Assert.Equal(Content, Registry.Blob("app", Layer.Digest));

    /// <summary>The methods of all requests so far, in order: <c>HEAD POST PUT</c>.</summary>
    protected string Methods => string.Join(' ', Registry.Requests.Select(request => request.Method));

    /// <summary>A layer that is made while it is sent, so nobody knows its digest before.</summary>
    protected sealed class Unfinished(byte[] content) : BlobSource
    {
        private bool wasRead;

        public int Openings { get; private set; }

        public override Descriptor? Descriptor => null;

        public override Task<Stream> OpenAsync(long offset, CancellationToken cancellationToken)
        {
            Openings++;
            wasRead = true;
            return Task.FromResult<Stream>(new MemoryStream(content, (int)offset, content.Length - (int)offset, writable: false));
        }

        public override Descriptor Finished() =>
            wasRead ? new Descriptor(MediaTypes.OciLayer, Digest.Of(content), content.Length) : throw new InvalidOperationException("not read");
    }
}
