using Builder.Storage.Tests.Support;

namespace Builder.Storage.Tests.Layers;

public sealed class UserNamespaceTests
{
    [Theory]
    [InlineData(typeof(LayerWriterTests))]
    [InlineData(typeof(HostileLayerTests))]
    [InlineData(typeof(LayerApplierTests))]
    public void Layers_work_the_same_in_a_user_namespace(Type tests)
    {
        ArgumentNullException.ThrowIfNull(tests);
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "writing id maps needs root");
        InUserNamespace.RunSelf("0 0 65536", $"-class {tests.FullName}");
    }
}
