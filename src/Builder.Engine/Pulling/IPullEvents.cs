using Builder.Oci;

namespace Builder.Engine.Pulling;

/// <summary>Told what a pull does, from several threads.</summary>
public interface IPullEvents
{
    /// <summary>A blob is wanted; of how many bytes, its descriptor says.</summary>
    /// <param name="isPresent">Whether the store has it already, so that nothing is fetched.</param>
    void Wanted(Descriptor blob, bool isPresent);

    /// <summary>So many bytes of it are there by now, those of earlier runs included.</summary>
    void Progress(Descriptor blob, long bytes);

    /// <summary>It is in the store, verified.</summary>
    void Done(Descriptor blob);
}
