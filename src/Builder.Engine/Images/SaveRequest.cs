using Builder.Archives.Compression;
using Builder.Engine.Exporters;
using Builder.Oci;

namespace Builder.Engine.Images;

public enum SaveFormat
{
    /// <summary>Docker's archive since version 25, which is an OCI archive too.</summary>
    Docker,

    /// <summary>Docker's archive before version 25, for tools that know no other.</summary>
    DockerOld,

    /// <summary>An OCI layout in a tar.</summary>
    Oci,

    /// <summary>An OCI layout in a folder.</summary>
    OciFolder,
}

/// <summary>How images leave the store.</summary>
public sealed record SaveRequest(SaveFormat Format)
{
    /// <summary>Of images for several platforms only this one; null for all.</summary>
    public Platform? Platform { get; init; }

    public ImageForm Form { get; init; } = ImageForm.AsItIs;

    /// <summary>Where a layout is put that is a folder.</summary>
    public string? Folder { get; init; }

    /// <summary>The old archive has plain tars and nothing else.</summary>
    internal ImageForm EffectiveForm =>
        Format == SaveFormat.DockerOld ? new ImageForm { Compression = LayerCompression.Uncompressed, ForceCompression = true } : Form;
}
