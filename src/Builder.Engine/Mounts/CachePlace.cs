using Builder.Diagnostics;
using Builder.Engine.Options;

namespace Builder.Engine.Mounts;

/// <summary>One <c>--cache-mount</c>: a folder of the user's that is the cache of an id in this build.</summary>
/// <param name="Folder">Absolute; it exists.</param>
public sealed record CachePlace(string Id, string Folder)
{
    private const string WayOut = "write it as id=ID,dir=FOLDER; an id that is not given in the Dockerfile is the mount's target";

    /// <summary><c>id=ID,dir=FOLDER</c>.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.InvalidCachePlace"/>.</exception>
    public static CachePlace Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string? id = null, folder = null;
        foreach (var (key, value) in OptionFields.Parse(text))
        {
            switch (key)
            {
                case "id":
                    id = value;
                    break;
                case "dir":
                    folder = value;
                    break;
                default:
                    throw Invalid(key.Length == 0 ? $"'{value}' is not a key=value pair" : $"unexpected key '{key}'");
            }
        }

        return string.IsNullOrEmpty(id) ? throw Invalid("an id is missing")
            : string.IsNullOrEmpty(folder) ? throw Invalid("a folder is missing")
            : Directory.Exists(folder) ? new CachePlace(id, Path.GetFullPath(folder))
            : throw Invalid($"the folder {folder} does not exist");
    }

    private static BuilderException Invalid(string what) => new(EngineErrors.InvalidCachePlace, $"--cache-mount: {what}", WayOut);
}
