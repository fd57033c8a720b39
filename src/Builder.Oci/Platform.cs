using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Builder.Diagnostics;

namespace Builder.Oci;

/// <summary>
/// An operating system and a processor (OCI image-spec, image-index.md "platform"), in normal form: <c>amd64</c>, not
/// <c>x86_64</c>; no variant where it is the default one.
/// </summary>
public sealed record Platform(
    [property: JsonPropertyName("architecture")] string Architecture,
    [property: JsonPropertyName("os")] string Os)
{
    public string? Variant { get; init; }

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    [JsonPropertyName("os.features")]
    public IReadOnlyList<string>? OsFeatures { get; init; }

    /// <summary>What containers run on here: Linux on this machine's processor.</summary>
    public static Platform Host { get; } = new(
        RuntimeInformation.OSArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.X64 => "amd64",
            System.Runtime.InteropServices.Architecture.X86 => "386",
            System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
            System.Runtime.InteropServices.Architecture.Arm => "arm",
            System.Runtime.InteropServices.Architecture.RiscV64 => "riscv64",
            System.Runtime.InteropServices.Architecture.Ppc64le => "ppc64le",
            System.Runtime.InteropServices.Architecture.S390x => "s390x",
            System.Runtime.InteropServices.Architecture.LoongArch64 => "loong64",
            var other => other.ToString().ToUpperInvariant(),
        },
        "linux");

    /// <summary>Attestations and the like are listed in an index under this pair; they are no image to run.</summary>
    [JsonIgnore]
    public bool IsUnknown => Os == "unknown" && Architecture == "unknown";

    /// <summary>Parses <c>os[/arch[/variant]]</c> or a bare processor; the missing part is the host's.</summary>
    /// <exception cref="BuilderException"><see cref="OciErrors.InvalidPlatform"/>.</exception>
    public static Platform Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Trim().ToLowerInvariant().Split('/');
        if (parts.Length > 3 || parts.Any(part => part.Length == 0 || !part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')))
        {
            throw new BuilderException(OciErrors.InvalidPlatform, $"failed to parse platform {text}", "write it as os/arch or os/arch/variant, such as linux/arm64");
        }

        if (parts.Length == 1)
        {
            var known = Normalise(parts[0], null);
            return KnownOs(parts[0]) ? Host with { Os = NormaliseOs(parts[0]) }
                : KnownArchitecture(known.Architecture) ? new Platform(known.Architecture, Host.Os) { Variant = known.Variant }
                : throw new BuilderException(OciErrors.InvalidPlatform, $"failed to parse platform {text}: neither a known operating system nor a known architecture");
        }

        var (architecture, variant) = Normalise(parts[1], parts.Length == 3 ? parts[2] : null);
        return new Platform(architecture, NormaliseOs(parts[0])) { Variant = variant };
    }

    /// <summary>The same platform with aliases resolved, for values read from documents.</summary>
    public Platform Normalised()
    {
        var (architecture, variant) = Normalise(Architecture.ToLowerInvariant(), Variant?.ToLowerInvariant());
        return this with { Architecture = architecture, Variant = variant, Os = NormaliseOs(Os.ToLowerInvariant()) };
    }

    /// <summary>
    /// How well an image for <paramref name="offer"/> runs where this platform is wanted: null not at all, else the
    /// smaller the better (0 exact). Follows containerd's default order: older variants of the same family, no emulation.
    /// </summary>
    public int? Rank(Platform offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        var wanted = Normalised();
        var offered = offer.Normalised();
        if (wanted.Os != offered.Os)
        {
            return null;
        }

        if (wanted.Architecture == offered.Architecture)
        {
            var want = wanted.VariantNumber;
            var have = offered.VariantNumber;
            return have <= want ? want - have : null;
        }

        return (wanted.Architecture, offered.Architecture) switch
        {
            ("amd64", "386") => 100,
            ("arm64", "arm") when offered.VariantNumber <= 8 => 100 + 8 - offered.VariantNumber,
            _ => null,
        };
    }

    public override string ToString() => Variant is null ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";

    private int VariantNumber => Architecture switch
    {
        "amd64" => ParseVariant(1),
        "arm" => ParseVariant(7),
        "arm64" => ParseVariant(8),
        _ => 0,
    };

    private int ParseVariant(int fallback) =>
        Variant is ['v', .. var digits] && int.TryParse(digits.Split('.')[0], out var number) ? number : fallback;

    private static string NormaliseOs(string os) => os == "macos" ? "darwin" : os;

    private static bool KnownOs(string os) => os is "linux" or "windows" or "darwin" or "macos" or "freebsd" or "netbsd" or "openbsd" or "solaris" or "illumos" or "android" or "wasip1";

    private static bool KnownArchitecture(string architecture) =>
        architecture is "386" or "amd64" or "arm" or "arm64" or "loong64" or "mips" or "mipsle" or "mips64" or "mips64le" or "ppc64" or "ppc64le" or "riscv64" or "s390x" or "wasm";

    private static (string Architecture, string? Variant) Normalise(string architecture, string? variant) => (architecture, variant) switch
    {
        ("i386", _) => ("386", null),
        ("x86_64" or "x86-64" or "amd64", null or "" or "v1") => ("amd64", null),
        ("x86_64" or "x86-64", _) => ("amd64", variant),
        ("aarch64" or "arm64", null or "" or "8" or "v8" or "v8.0") => ("arm64", null),
        ("aarch64" or "arm64", "9" or "9.0" or "v9.0") => ("arm64", "v9"),
        ("aarch64", _) => ("arm64", variant),
        ("armhf", _) => ("arm", "v7"),
        ("armel", _) => ("arm", "v6"),
        ("arm", null or "" or "7") => ("arm", "v7"),
        ("arm", "5" or "6" or "8") => ("arm", "v" + variant),
        (_, "") => (architecture, null),
        _ => (architecture, variant),
    };
}
