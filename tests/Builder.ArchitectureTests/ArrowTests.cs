using System.Xml.Linq;

namespace Builder.ArchitectureTests;

/// <summary>The arrows of spec/architecture.md: which room may use which.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Builder.Diagnostics"] = [],
        ["Builder.Dockerfile"] = ["Builder.Diagnostics"],
        ["Builder.Oci"] = ["Builder.Diagnostics"],
        ["Builder.Archives"] = ["Builder.Diagnostics", "Builder.Oci"],
        ["Builder.Linux"] = ["Builder.Diagnostics"],
        ["Builder.Storage"] = ["Builder.Diagnostics", "Builder.Oci", "Builder.Archives", "Builder.Linux"],
        ["Builder.Registry"] = ["Builder.Diagnostics", "Builder.Oci"],
        ["Builder.Graph"] = ["Builder.Diagnostics", "Builder.Oci", "Builder.Dockerfile"],
        ["Builder.Containers"] = ["Builder.Diagnostics", "Builder.Oci", "Builder.Linux"],
        ["Builder.Engine"] =
        [
            "Builder.Diagnostics", "Builder.Oci", "Builder.Dockerfile", "Builder.Archives", "Builder.Linux",
            "Builder.Storage", "Builder.Registry", "Builder.Graph", "Builder.Containers",
        ],
        ["Builder.Cli"] =
        [
            "Builder.Diagnostics", "Builder.Oci", "Builder.Dockerfile", "Builder.Archives", "Builder.Linux",
            "Builder.Storage", "Builder.Registry", "Builder.Graph", "Builder.Containers", "Builder.Engine",
        ],

        // It ships the program and runs it; an assembly of ours beside its own in MSBuild's process could clash with another's.
        ["Builder.MSBuild"] = [],
    };

    private static readonly Dictionary<string, string> PackageHomes = new(StringComparer.Ordinal)
    {
        ["Sprache"] = "Builder.Dockerfile",
        ["SharpCompress"] = "Builder.Archives",
        ["ZstdSharp.Port"] = "Builder.Archives",
        ["Tmds.LibC"] = "Builder.Linux",
        ["Microsoft.Extensions.Http"] = "Builder.Registry",
        ["Tomlyn"] = "Builder.Registry",
        ["System.CommandLine"] = "Builder.Cli",
        ["Microsoft.Build.Utilities.Core"] = "Builder.MSBuild",
    };

    public static TheoryData<string> Rooms => [.. Repository.Rooms];

    [Theory, MemberData(nameof(Rooms))]
    public void A_room_uses_only_what_lies_below_it(string room)
    {
        Assert.True(Allowed.TryGetValue(room, out var allowed), $"{room} has no place in the house: give it one here and in spec/architecture.md");
        var forbidden = References(room, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)).Except(allowed).ToArray();
        Assert.True(forbidden.Length == 0, $"{room} → {string.Join(", ", forbidden)} points up or sideways");
    }

    [Theory, MemberData(nameof(Rooms))]
    public void A_package_lives_in_one_room(string room)
    {
        foreach (var package in References(room, "PackageReference"))
        {
            Assert.True(PackageHomes.TryGetValue(package, out var home) && home == room, $"{room} uses {package}, whose home is {home ?? "nowhere"}");
        }
    }

    /// <summary>What it refers to is MSBuild's own, which is there already, in the version that runs the build.</summary>
    [Fact]
    public void The_package_brings_no_assembly_into_MSBuild_but_its_tasks()
    {
        var project = XDocument.Load(Path.Combine(Repository.Root, "src/Builder.MSBuild/Builder.MSBuild.csproj"));
        Assert.All(project.Descendants("PackageReference"), reference =>
            Assert.Equal(("runtime", "all"), (reference.Attribute("ExcludeAssets")?.Value, reference.Attribute("PrivateAssets")?.Value)));
        Assert.Equal("netstandard2.0", project.Descendants("TargetFramework").Single().Value);
    }

    [Fact]
    public void Every_dependency_is_argued_for()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "spec", "dependencies.md"));
        var versions = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"))
            .Descendants("PackageVersion").Select(e => e.Attribute("Include")!.Value);
        Assert.All(versions, name => Assert.Contains(name, text, StringComparison.Ordinal));
    }

    private static IEnumerable<string> References(string room, string element) =>
        XDocument.Load(Path.Combine(Repository.Root, "src", room, room + ".csproj"))
            .Descendants(element).Select(e => e.Attribute("Include")!.Value.Replace('\\', '/'));
}
