using System.Text.RegularExpressions;

namespace Builder.ArchitectureTests;

/// <summary>Who may touch the kernel, the network and the terminal (spec/architecture.md).</summary>
public sealed partial class PrivilegeTests
{
    [Fact]
    public void Only_the_kernel_room_declares_native_calls_or_unsafe_code() =>
        AssertOnlyIn(["Builder.Linux"], NativeCode());

    [Fact]
    public void Only_the_registry_room_opens_http_connections() =>
        AssertOnlyIn(["Builder.Registry"], HttpCode());

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

    private static void AssertOnlyIn(string[] rooms, Regex pattern)
    {
        var hits =
            from room in Repository.Rooms.Except(rooms)
            from file in Repository.Sources(room)
            from hit in File.ReadLines(file).Select((text, index) => (text, line: index + 1))
            where !hit.text.TrimStart().StartsWith("//", StringComparison.Ordinal) && pattern.IsMatch(hit.text)
            select $"{Repository.Relative(file)}:{hit.line}: {hit.text.Trim()}";
        Assert.Empty(hits);
    }

    [GeneratedRegex(@"\b(DllImport|LibraryImport|unsafe|stackalloc\s+byte\*|Tmds\.Linux)\b")]
    private static partial Regex NativeCode();

    [GeneratedRegex(@"\b(HttpClient|SocketsHttpHandler|HttpMessageInvoker|TcpClient)\b")]
    private static partial Regex HttpCode();

    [GeneratedRegex(@"\bConsole\.")]
    private static partial Regex TerminalCode();

    // What a caller may replace ("{ get; init; } = …") is no hidden input.
    [GeneratedRegex(@"^(?!.*\{ get; init; \}).*\b(Thread\.Sleep|Environment\.Exit|DateTime\.(Utc)?Now|DateTimeOffset\.(Utc)?Now|Random\.Shared|Guid\.NewGuid)\b")]
    private static partial Regex HiddenInputs();

    [GeneratedRegex(@"(?<![\w.])(File|Directory|FileInfo|DirectoryInfo|FileStream)\b(\.(?!Name\b)|\()")]
    private static partial Regex FileCode();
}
