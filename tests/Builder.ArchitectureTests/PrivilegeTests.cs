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
    public void Programs_are_started_for_five_reasons() =>
        AssertOnlyIn(
            [], ProcessCode(),
            "src/Builder.MSBuild/Running/BuilderRun.cs",
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
            where !hit.text.TrimStart().StartsWith("//", StringComparison.Ordinal) && DescriptorlessCode().IsMatch(hit.text)
            select $"{Repository.Relative(file)}:{hit.line}: {hit.text.Trim()}";
        Assert.Empty(hits);
    }

    /// <summary>
    /// What other people's trees hold (images, contexts, steps' results) is reached through RootDirectory and DirectoryHandle
    /// alone: a path as a string, given to System.IO, follows whatever link it meets.
    /// </summary>
    [Fact]
    public void Whoever_works_in_other_peoples_trees_uses_no_paths()
    {
        string[] places =
        [
            "Builder.Engine/Copying/", "Builder.Engine/Exporters/TreeTar", "Builder.Storage/Layers/LayerApplier", "Builder.Storage/Layers/LayerWriter",
            "Builder.Storage/Layers/LayerEntries", "Builder.Storage/Layers/LayerComparison", "Builder.Storage/Layers/LinkGroups", "Builder.Storage/Layers/UnpackingPath",
            "Builder.Storage/Layers/UnpackedDirectory", "Builder.Storage/Layers/FileMetadata", "Builder.Storage/Layers/DirectoryTimes", "Builder.Storage/Snapshots/TreeStacker",
            "Builder.Containers/Users/", "Builder.Containers/Rootfs/",
        ];
        var sources = Repository.Rooms.SelectMany(Repository.Sources).ToLookup(file => Array.Find(places, place => file.Replace('\\', '/').Contains("/" + place, StringComparison.Ordinal)));
        Assert.All(places, place => Assert.NotEmpty(sources[place]));
        var hits =
            from place in places
            from file in sources[place]
            from hit in File.ReadLines(file).Select((text, index) => (text, line: index + 1))
            where !hit.text.TrimStart().StartsWith("//", StringComparison.Ordinal) && PathCode().IsMatch(hit.text)
            select $"{Repository.Relative(file)}:{hit.line}: {hit.text.Trim()}";
        Assert.Empty(hits);
    }

    /// <summary>Nobody makes a path of a tree's folder and a name in it; a source fills a folder that is new, empty and its own.</summary>
    [Fact]
    public void The_folder_of_a_tree_is_not_joined_with_a_name()
    {
        var hits =
            from room in Repository.Rooms
            from file in Repository.Sources(room)
            from hit in File.ReadLines(file).Select((text, index) => (text, line: index + 1))
            where !Repository.Relative(file).Contains("Builder.Engine/Sources/", StringComparison.Ordinal) && JoinedTree().IsMatch(hit.text)
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

    [GeneratedRegex(@"(?<![\w.])(File|Directory|FileInfo|DirectoryInfo|Path)(\.(Open|Create|Read|Write|Exists|Delete|Move|Copy|Enumerate|Get(?!DirectoryName|FileName)|Set|Append|Resolve|Combine|Join)|\()")]
    private static partial Regex PathCode();

    [GeneratedRegex(@"Path\.(Combine|Join)\((\w+\.)?(UpperDir|LowerDirs|[sS]napshot\.Path|top\.Path|layer\.Path|parent\.Path)\b")]
    private static partial Regex JoinedTree();

    // What a caller may replace ("{ get; init; } = …") is no hidden input.
    [GeneratedRegex(@"^(?!.*\{ get; init; \}).*\b(Thread\.Sleep|Environment\.Exit|DateTime\.(Utc)?Now|DateTimeOffset\.(Utc)?Now|Random\.Shared|Guid\.NewGuid)\b")]
    private static partial Regex HiddenInputs();

    [GeneratedRegex(@"(?<![\w.])(File|Directory|FileInfo|DirectoryInfo|FileStream)\b(\.(?!Name\b)|\()")]
    private static partial Regex FileCode();

    // A FileStream over a descriptor, and a property that is called Directory, name no path.
    [GeneratedRegex(@"(?<![\w.])((File|Directory)\.(?!Dispose\b)|new (FileInfo|DirectoryInfo)\()")]
    private static partial Regex DescriptorlessCode();
}
