using Builder.Diagnostics;

namespace Builder.Engine.Anatomy.Packages;

/// <summary>The packages that the databases in an image list, and which databases could not be read.</summary>
/// <param name="Packages">By kind, name and version.</param>
/// <param name="Unread">Sentences about databases that are there and were not read.</param>
public sealed record PackageList(IReadOnlyList<Package> Packages, IReadOnlyList<string> Unread)
{
    /// <summary>No database of packages is bigger; rpm's is the biggest, with some ten kilobytes a package.</summary>
    private const int MaxDatabase = 256 << 20;

    private const int MaxFragment = 4 << 20;
    private const string DebFragments = "var/lib/dpkg/status.d/";

    /// <summary>Of a file by its key, the most bytes that are worth reading; 0 for what is no database of packages.</summary>
    internal static int MaxSize(string key) => key switch
    {
        "var/lib/dpkg/status" or "lib/apk/db/installed" or "usr/lib/apk/db/installed" => MaxDatabase,
        _ when IsRpmSqlite(key) || IsOldRpm(key) => MaxDatabase,
        _ when key.StartsWith(DebFragments, StringComparison.Ordinal) && !key.EndsWith(".md5sums", StringComparison.Ordinal) => MaxFragment,
        _ => 0,
    };

    /// <param name="databases">What <see cref="MaxSize"/> asked for, with contents.</param>
    internal static PackageList Of(IEnumerable<LayerEntry> databases)
    {
        var packages = new List<Package>();
        var unread = new List<string>();
        foreach (var database in databases.OrderBy(database => database.Key, StringComparer.Ordinal))
        {
            if (IsOldRpm(database.Key))
            {
                unread.Add($"{database.Path}: an rpm database in a form before sqlite (Berkeley DB or ndb), which is not read");
                continue;
            }

            try
            {
                packages.AddRange(Read(database.Key, database.Content!));
            }
            catch (BuilderException e)
            {
                unread.Add($"{database.Path}: {e.Message}");
            }
        }

        return new PackageList(
            [.. packages.Distinct().OrderBy(package => package.Kind, StringComparer.Ordinal).ThenBy(package => package.Name, StringComparer.Ordinal).ThenBy(package => package.Version, StringComparer.Ordinal)],
            unread);
    }

    private static IEnumerable<Package> Read(string key, byte[] content) =>
        IsRpmSqlite(key) ? RpmDatabase.Read(content) : key.EndsWith("apk/db/installed", StringComparison.Ordinal) ? ApkInstalled.Read(content) : DpkgStatus.Read(content);

    private static bool IsRpmSqlite(string key) => key is "var/lib/rpm/rpmdb.sqlite" or "usr/lib/sysimage/rpm/rpmdb.sqlite" or "usr/share/rpm/rpmdb.sqlite";

    private static bool IsOldRpm(string key) =>
        key is "var/lib/rpm/Packages" or "var/lib/rpm/Packages.db" or "usr/lib/sysimage/rpm/Packages" or "usr/lib/sysimage/rpm/Packages.db";
}
