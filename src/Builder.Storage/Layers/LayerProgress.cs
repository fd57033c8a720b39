using Builder.Oci;

namespace Builder.Storage.Layers;

/// <summary>How far a layer of an image is on its way from wherever it is to a snapshot.</summary>
public enum LayerStage
{
    /// <summary>Being read and unpacked in one pass.</summary>
    Unpacking,

    /// <summary>Its snapshot exists.</summary>
    Done,
}

/// <param name="Layer">As the manifest lists it; <see cref="Oci.Descriptor.Size"/> is the total.</param>
/// <param name="Bytes">How many bytes of the (compressed) blob have been read.</param>
public sealed record LayerProgress(Descriptor Layer, LayerStage Stage, long Bytes);
