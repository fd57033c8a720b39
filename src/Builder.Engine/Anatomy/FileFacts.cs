using System.Globalization;

namespace Builder.Engine.Anatomy;

/// <summary>What a layer says of a file.</summary>
/// <param name="Kind">file, directory, symboliclink, hardlink, characterdevice, blockdevice or fifo.</param>
/// <param name="Mode">Octal.</param>
/// <param name="Owner">user:group, as numbers.</param>
/// <param name="Modified">RFC 3339, UTC, whole seconds.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Content">The beginning of the content's digest, when it was asked for; of a link, where it leads.</param>
/// <param name="Attributes">Extended attributes, name=hex.</param>
public sealed record FileFacts(string Kind, string Mode, string Owner, string Modified, long Size, string Content, string Attributes)
{
    public bool IsDirectory => Kind == "directory";

    /// <summary>Those of the facts that another one has otherwise, in words.</summary>
    public string Without(FileFacts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return string.Join(", ", new[]
        {
            Kind == other.Kind ? null : Kind,
            Mode == other.Mode ? null : "mode " + Mode,
            Owner == other.Owner ? null : "owner " + Owner,
            Modified == other.Modified ? null : "time " + Modified,
            Size == other.Size ? null : string.Create(CultureInfo.InvariantCulture, $"{Size} bytes"),
            Content == other.Content ? null : Content,
            Attributes == other.Attributes ? null : "attributes " + Attributes,
        }.OfType<string>());
    }
}
