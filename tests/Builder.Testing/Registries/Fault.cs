using Builder.Testing.Http;

namespace Builder.Testing.Registries;

/// <summary>Something that goes wrong with the next few requests of a kind.</summary>
internal sealed class Fault(Func<TestRequest, bool> when, Func<TestRequest, TestResponse, TestResponse> what, int times)
{
    private int left = times;

    public bool AppliesTo(TestRequest request) => when(request) && Interlocked.Decrement(ref left) >= 0;

    public TestResponse Spoil(TestRequest request, TestResponse response) => what(request, response);
}
