using Microsoft.Build.Framework;

namespace Builder.MSBuild.Items;

/// <summary>One <c>DockerfileImage</c>, with typed answers; what is wrong with it is thrown as an <see cref="ItemException"/>.</summary>
internal sealed class ItemReader(ITaskItem item)
{
    public string Include => item.ItemSpec;

    /// <summary>The value, or <paramref name="fallback"/> where there is none.</summary>
    public string Text(string name, string fallback = "") => item.GetMetadata(name) is { Length: > 0 } value ? value : fallback;

    /// <summary>The parts between semicolons; <c>%3B</c> is a semicolon inside of one.</summary>
    public IReadOnlyList<string> List(string name)
    {
        var escaped = item is ITaskItem2 exact ? exact.GetMetadataValueEscaped(name) : Escaping.Escape(item.GetMetadata(name));
        return Escaping.Split(escaped ?? "");
    }

    public bool Flag(string name, bool fallback) => Text(name).ToUpperInvariant() switch
    {
        "" => fallback,
        "TRUE" => true,
        "FALSE" => false,
        _ => throw new ItemException(MSBuildErrors.InvalidItem, $"{name}=\"{Text(name)}\" of {Describe()} is neither true nor false"),
    };

    /// <summary>Metadata that look like a mistake, with what was probably meant.</summary>
    public IEnumerable<(string Name, string Meant)> Mistakes() =>
        from name in item.MetadataNames.Cast<string>()
        let meant = ImageMetadata.Meant(name)
        where meant is not null && item.GetMetadata(name).Length > 0
        select (name, meant);

    public string Describe() => $"the DockerfileImage '{Include}'";
}

/// <summary>An item, or a project, that no image can be made of.</summary>
internal sealed class ItemException(string code, string message) : Exception(message)
{
    public string Code => code;
}
