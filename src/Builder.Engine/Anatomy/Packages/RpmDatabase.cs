using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Builder.Diagnostics;

namespace Builder.Engine.Anatomy.Packages;

/// <summary><c>rpmdb.sqlite</c>: a header blob a package, with tags and their values.</summary>
internal static class RpmDatabase
{
    private const int EntrySize = 16;
    private const int NameTag = 1000;
    private const int VersionTag = 1001;
    private const int ReleaseTag = 1002;
    private const int EpochTag = 1003;
    private const int LicenseTag = 1014;
    private const int ArchitectureTag = 1022;

    /// <summary>A key that somebody imported is kept as if it were a package.</summary>
    private const string PublicKey = "gpg-pubkey";

    public static IEnumerable<Package> Read(byte[] file) =>
        SqliteTable.ReadBlobs(file, "Packages").Select(PackageOf).Where(package => package.Name.Length > 0 && package.Name != PublicKey);

    /// <summary>A header is two counts, the index and the data: <c>index entries, data bytes, {tag, type, offset, count}…, data</c>, big-endian.</summary>
    private static Package PackageOf(byte[] header)
    {
        try
        {
            var tags = new Dictionary<int, int>();
            var entries = BinaryPrimitives.ReadInt32BigEndian(header);
            var data = checked(8 + (entries * EntrySize));
            for (var i = 0; i < entries; i++)
            {
                var entry = header.AsSpan(8 + (i * EntrySize), EntrySize);
                tags.TryAdd(BinaryPrimitives.ReadInt32BigEndian(entry), checked(data + BinaryPrimitives.ReadInt32BigEndian(entry[8..])));
            }

            string Text(int tag)
            {
                if (!tags.TryGetValue(tag, out var at))
                {
                    return "";
                }

                var rest = header.AsSpan(at);
                return Encoding.UTF8.GetString(rest[..Math.Max(0, rest.IndexOf((byte)0))]);
            }

            var epoch = tags.TryGetValue(EpochTag, out var place) ? BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(place)).ToString(CultureInfo.InvariantCulture) + ":" : "";
            return new Package("rpm", Text(NameTag), $"{epoch}{Text(VersionTag)}-{Text(ReleaseTag)}", Text(ArchitectureTag), Text(LicenseTag) is { Length: > 0 } license ? license : null);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new BuilderException(EngineErrors.BadDatabase, "the database of packages cannot be read: a header of it leads out of its bytes");
        }
    }
}
