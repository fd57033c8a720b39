using Builder.Archives.Tar;
using CsCheck;

namespace Builder.Archives.Tests.Tar;

/// <summary>Arbitrary entries that the format can carry, with content.</summary>
internal static class EntryGenerator
{
    private static readonly Gen<byte> NameByte = Gen.OneOf(Gen.Byte[(byte)'a', (byte)'z'], Gen.Const((byte)'/'), Gen.Byte[1, 255]);

    private static readonly Gen<byte[]> Name =
        Gen.Select(NameByte.Array[0, 20], Gen.OneOf(Gen.Const(1), Gen.Int[1, 30]), Gen.Byte[(byte)'a', (byte)'z'],
            (part, times, last) => Enumerable.Repeat(part, times).SelectMany(p => p).Append(last).ToArray());

    private static readonly Gen<long> Id = Gen.OneOf(Gen.Long[0, 0x1F_FFFF], Gen.Long[0x1F_FFFE, 0x20_0001], Gen.Long[0, long.MaxValue]);

    private static readonly Gen<long> Time = Gen.OneOf(Gen.Long[0, 4_000_000_000], Gen.Long[-10, 0], Gen.Long[0x1_FFFF_FFFE, 0x2_0000_0001], Gen.Long);

    private static readonly Gen<TarXattr[]> Xattrs =
        Gen.Select(Gen.Byte[1, 255].Where(b => b != '=').Array[1, 12], Gen.Byte.Array[0, 40], (name, value) => new TarXattr(name, value))
            .Array[0, 3]
            .Select(all => all.DistinctBy(x => Convert.ToHexString(x.Name.Span)).OrderBy(x => Convert.ToHexString(x.Name.Span), StringComparer.Ordinal).ToArray());

    public static readonly Gen<(TarEntry Entry, byte[] Content)> Member =
        Gen.Select(Name, Name, Gen.Enum<TarEntryKind>(), Gen.Select(Id, Id, Time, Gen.UInt[0, 0xFFF]), Gen.Select(Gen.UInt[0, 0x1F_FFFF], Gen.UInt[0, 0x1F_FFFF]), Xattrs, Gen.Byte.Array[0, 1500])
            .Select((name, target, kind, numbers, device, xattrs, content) =>
            {
                var isDevice = kind is TarEntryKind.CharacterDevice or TarEntryKind.BlockDevice;
                var data = kind == TarEntryKind.File ? content : [];
                return (new TarEntry
                {
                    Name = name,
                    Kind = kind,
                    UserId = numbers.Item1,
                    GroupId = numbers.Item2,
                    ModifiedSeconds = numbers.Item3,
                    Mode = numbers.Item4,
                    Size = data.Length,
                    LinkName = kind is TarEntryKind.HardLink or TarEntryKind.SymbolicLink ? target : default(ReadOnlyMemory<byte>),
                    DeviceMajor = isDevice ? device.Item1 : 0,
                    DeviceMinor = isDevice ? device.Item2 : 0,
                    Xattrs = xattrs,
                }, data);
            });
}
