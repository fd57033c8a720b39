using System.Text.RegularExpressions;

namespace Builder.ArchitectureTests;

/// <summary>Who may touch the kernel, the network and the terminal (spec/architecture.md).</summary>
public sealed partial class PrivilegeTests
{
    [Fact]
    public void Only_the_kernel_room_declares_native_calls_or_unsafe_code() =>
        AssertOnlyIn(["Builder.Linux"], NativeCode());

    // Registries are the registry room's; what ADD and contexts download comes through one folder of the engine.
    [Fact]
    public void Only_the_registry_room_and_the_engines_downloads_open_http_connections() =>
        AssertOnlyIn(["Builder.Registry"], HttpCode(), "src/Builder.Engine/Sources/Http/");

    [Fact]
    public void Programs_of_the_machine_are_started_for_four_reasons() =>
        AssertOnlyIn(
            [], ProcessCode(),
            "src/Builder.Engine/Sources/Git/GitProgram.cs",
            "src/Builder.Engine/Ssh/KeyAgent.cs",
            "src/Builder.Linux/Isolation/Rootless/IdMapWriter.cs",
            "src/Builder.Registry/Authentication/Stores/CredentialHelper");

    [Fact]
    public void Only_the_command_line_writes_to_the_terminal() =>
        AssertOnlyIn(["Builder.Cli"], TerminalCode());

    [Fact]
    public void Nothing_sleeps_exits_or_reads_the_wall_clock_behind_its_callers_back() =>
        AssertOnlyIn(["Builder.Cli"], HiddenInputs());

    [Fact]
    public void Pure_rooms_open_no_files()
    {
        string[] pure = ["Builder.Diagnostics", "Builder.Oci", "Builder.Dockerfile", "Builder.Archives", "Builder.Graph"];
        AssertOnlyIn([.. Repository.Rooms.Except(pure)], FileCode());
    }

    /// <summary>Below an untrusted root (a layer, a root file system, a copied tree) the kernel resolves every name: openat2, by descriptors.</summary>
    [Fact]
    public void Untrusted_trees_are_only_reached_by_descriptors()
    {
        string[] trees = ["Builder.Storage/Layers", "Builder.Engine/Copying"];
        var hits =
            from folder in trees
            from file in Repository.Sources(folder.Split('/')[0])
            where file.Replace('\\', '/').Contains($"/{folder}/", StringComparison.Ordinal)
            from hit in File.ReadLines(file).Select((text, index) => (text, line: index + 1))
            where !hit.text.TrimStart().StartsWith("//", StringComparison.Ordinal) && PathCode().IsMatch(hit.text)
            select $"{Repository.Relative(file)}:{hit.line}: {hit.text.Trim()}";
        Assert.Empty(hits);
    }

    private static void AssertOnlyIn(string[] rooms, Regex pattern, params string[] places)
    {
        var hits =
            from room in Repository.Rooms.Except(rooms)
            from file in Repository.Sources(room)
            where !places.Any(place => Repository.Relative(file).Replace('\\', '/').StartsWith(place, StringComparison.Ordinal))
            from hit in File.ReadLines(file).Select((text, index) => (text, line: index + 1))
            where !hit.text.TrimStart().StartsWith("//", StringComparison.Ordinal) && pattern.IsMatch(hit.text)
            select $"{Repository.Relative(file)}:{hit.line}: {hit.text.Trim()}";
        Assert.Empty(hits);
    }

    [GeneratedRegex(@"\b(DllImport|LibraryImport|unsafe|stackalloc\s+byte\*|Tmds\.Linux)\b")]
    private static partial Regex NativeCode();

    [GeneratedRegex(@"\b(HttpClient|SocketsHttpHandler|HttpMessageInvoker|TcpClient)\b")]
    private static partial Regex HttpCode();

    [GeneratedRegex(@"\b(ProcessStartInfo|Process\.Start)\b")]
    private static partial Regex ProcessCode();

    [GeneratedRegex(@"\bConsole\.")]
    private static partial Regex TerminalCode();

    // What a caller may replace ("{ get; init; } = …") is no hidden input.
    [GeneratedRegex(@"^(?!.*\{ get; init; \}).*\b(Thread\.Sleep|Environment\.Exit|DateTime\.(Utc)?Now|DateTimeOffset\.(Utc)?Now|Random\.Shared|Guid\.NewGuid)\b")]
    private static partial Regex HiddenInputs();

    [GeneratedRegex(@"(?<![\w.])(File|Directory|FileInfo|DirectoryInfo|FileStream)\b(\.(?!Name\b)|\()")]
    private static partial Regex FileCode();

    // A FileStream over a descriptor, and a property that is called Directory, name no path.
    [GeneratedRegex(@"(?<![\w.])((File|Directory)\.(?!Dispose\b)|new (FileInfo|DirectoryInfo)\()")]
    private static partial Regex PathCode();
}
