using Builder.Engine.Pulling;
using Builder.Oci;

namespace Builder.Cli.Displays;

/// <summary>Says nothing.</summary>
internal sealed class QuietPull : IPullEvents
{
    public void Wanted(Descriptor blob, bool isPresent)
    {
    }

    public void Progress(Descriptor blob, long bytes)
    {
    }

    public void Done(Descriptor blob)
    {
    }
}
