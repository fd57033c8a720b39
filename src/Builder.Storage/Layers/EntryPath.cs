namespace Builder.Storage.Layers;

/// <summary>
/// An archive's name as components below the layer's root: leading slashes and dots fall away; <c>..</c> has no business in
/// a layer and is refused wherever it leads.
/// </summary>
internal static class EntryPath
{
    internal static List<byte[]> Split(ReadOnlySpan<byte> name)
    {
        var components = new List<byte[]>();
        foreach (var range in name.Split((byte)'/'))
        {
            var component = name[range];
            if (component.SequenceEqual(".."u8))
            {
                throw LayerErrors.Invalid(name, "has '..' in its name");
            }

            if (!component.IsEmpty && !component.SequenceEqual("."u8))
            {
                components.Add(component.ToArray());
            }
        }

        return components;
    }
}
