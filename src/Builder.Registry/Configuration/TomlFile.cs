using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Serialization;

namespace Builder.Registry.Configuration;

/// <summary>A configuration file in TOML, read once, with errors that name it.</summary>
internal static class TomlFile
{
    private const int MaxSize = 1 << 20;

    /// <summary>Null when there is no such file.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryErrors.Configuration"/>.</exception>
    public static TomlTable? TryRead(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true } file)
            {
                return null;
            }

            return file.Length <= MaxSize
                ? TomlSerializer.Deserialize(File.ReadAllText(path), TomlContext.Default.TomlTable)
                : throw Invalid(path, "it is larger than any configuration", null);
        }
        catch (TomlException e)
        {
            throw Invalid(path, "it is not valid TOML", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid(path, "it cannot be read", e);
        }
    }

    public static string? Text(this TomlTable table, string key) => table.TryGetValue(key, out var value) && value is string { Length: > 0 } text ? text : null;

    public static bool? Flag(this TomlTable table, string key) => table.TryGetValue(key, out var value) && value is bool flag ? flag : null;

    public static TomlTable? Table(this TomlTable table, string key) => table.TryGetValue(key, out var value) ? value as TomlTable : null;

    /// <summary>A list of texts; one text stands for a list of it.</summary>
    public static IReadOnlyList<string>? Texts(this TomlTable table, string key) => !table.TryGetValue(key, out var value) ? null : value switch
    {
        string text => [text],
        TomlArray array => [.. array.OfType<string>()],
        _ => null,
    };

    /// <summary>The tables of <c>[[key]]</c>.</summary>
    public static IEnumerable<TomlTable> Tables(this TomlTable table, string key) => !table.TryGetValue(key, out var value) ? [] : value switch
    {
        TomlTableArray tables => tables,
        TomlArray array => array.OfType<TomlTable>(),
        _ => [],
    };

    public static RegistryException Invalid(string path, string why, Exception? inner) =>
        new(RegistryErrors.Configuration, $"{path} cannot be used: {why}", "mend it, or move it away", inner: inner);
}

[TomlSerializable(typeof(TomlTable))]
internal sealed partial class TomlContext : TomlSerializerContext;
