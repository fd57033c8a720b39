using Builder.MSBuild.Tests.Support;

namespace Builder.MSBuild.Tests;

/// <summary>Several frameworks of a project, several projects of a solution.</summary>
public sealed class SeveralProjectsTests(PackageFeed feed)
{
    // A platform of our own: the SDK brings the packs of one .NET version, and tests fetch no others.
    private const string TwoFrameworks =
        "<OutputType>Exe</OutputType><TargetFrameworks>net10.0;net10.0-edge1.0</TargetFrameworks><TargetPlatformSupported>true</TargetPlatformSupported>"
        + "<NoWarn>$(NoWarn);CA1418</NoWarn><ContainerBaseImage>dotnet-base</ContainerBaseImage>";

    private const string EdgeIsSupported = "<ItemGroup><SdkSupportedTargetPlatformVersion Include=\"1.0\" /></ItemGroup>";

    [Fact]
    public async Task Each_target_framework_has_an_image_of_its_own()
    {
        using var workspace = await Workspace.CreateAsync(feed);
        workspace.Project("multi", TwoFrameworks, EdgeIsSupported);
        workspace.Write("multi/Program.cs", """
            #if EDGE
            System.Console.WriteLine("edge");
            #else
            System.Console.WriteLine("plain");
            #endif
            """);
        (await workspace.DotnetAsync("multi", "build", "-t:BuildImage", "-m")).ExpectSuccess();
        Assert.Equal("plain\n", await workspace.RunImageAsync("multi:latest-net10.0"));
        Assert.Equal("edge\n", await workspace.RunImageAsync("multi:1.0.0-net10.0-edge1.0"));

        (await workspace.DotnetAsync("multi", "build", "--no-restore", "-t:BuildImage", "-p:BuildImageTargetFrameworks=net10.0")).ExpectSuccess();
        Assert.Equal("plain\n", await workspace.RunImageAsync("multi:1.0.0"));

        // Of one framework, as 'dotnet publish' wants it.
        (await workspace.DotnetAsync("multi", "publish", "--no-restore", "-f", "net10.0", "-t:BuildImage", "-p:ContainerImageTag=published")).ExpectSuccess();
        Assert.Equal("plain\n", await workspace.RunImageAsync("multi:published-net10.0"));

        workspace.Write("multi/Dockerfile", "FROM dotnet-base\n");
        workspace.Project("multi", TwoFrameworks, EdgeIsSupported + "<ItemGroup><DockerfileImage Include=\"Dockerfile\" Tag=\"same:1\" /></ItemGroup>");
        (await workspace.DotnetAsync("multi", "msbuild", "-t:BuildImage")).ExpectError("BLD6006");
        Assert.False(await workspace.IsInStoreAsync("same:1"));
    }

    [Fact]
    public async Task A_solution_builds_images_in_the_order_of_its_references()
    {
        using var workspace = await Workspace.CreateAsync(feed);
        workspace.Project("Words", "", usesPackage: false);
        workspace.Write("Words/Words.cs", "public static class Words { public const string Greeting = \"hello\"; }");
        workspace.Project("Inner", "<OutputType>Exe</OutputType><ContainerBaseImage>dotnet-base</ContainerBaseImage>", "<ItemGroup><ProjectReference Include=\"../Words/Words.csproj\" /></ItemGroup>");
        workspace.Write("Inner/Program.cs", "System.Console.WriteLine(Words.Greeting + \" from inner\");");
        workspace.Project("Outer", "<OutputType>Exe</OutputType>", """
            <ItemGroup>
              <ProjectReference Include="../Words/Words.csproj" />
              <ProjectReference Include="../Inner/Inner.csproj" ReferenceOutputAssembly="false" />
            </ItemGroup>
            """);
        workspace.Write("Outer/Program.cs", "System.Console.WriteLine(Words.Greeting + \" from outer, \" + System.IO.File.Exists(\"/inner/Inner.dll\"));");
        workspace.Write("Outer/Dockerfile", "FROM inner\nCOPY --from=inner /app /inner\nCOPY --from=publish . /app\nENTRYPOINT [\"dotnet\", \"/app/Outer.dll\"]\n");
        workspace.Write("All.slnx", "<Solution><Project Path=\"Outer/Outer.csproj\" /><Project Path=\"Inner/Inner.csproj\" /><Project Path=\"Words/Words.csproj\" /></Solution>");

        (await workspace.DotnetAsync(".", "publish", "All.slnx", "-m", "-p:BuildImageOnPublish=true")).ExpectSuccess();
        Assert.Equal("hello from inner\n", await workspace.RunImageAsync("inner"));
        Assert.Equal("hello from outer, True\n", await workspace.RunImageAsync("outer"));
        var before = Assert.Single(workspace.Built("Outer"));

        var unchanged = (await workspace.DotnetAsync(".", "publish", "All.slnx", "-m", "--no-restore", "-p:BuildImageOnPublish=true")).ExpectSuccess();
        Assert.False(unchanged.HasBuilt);

        // With the package in every project, as a GlobalPackageReference puts it there, the target can be asked for by name.
        workspace.Project("Words", "");
        (await workspace.DotnetAsync(".", "publish", "All.slnx", "-m", "-t:BuildImage", "-p:BuildImageOnPublish=true")).ExpectSuccess();
        Assert.Equal([false, true, true], ((string[])["Words", "Inner", "Outer"]).Select(project => Directory.Exists(workspace.PathOf($"{project}/obj/Release/net10.0/images"))));

        // Asked for the outer image alone, MSBuild comes by the inner one, whose change reaches it.
        workspace.Write("Inner/Program.cs", "System.Console.WriteLine(Words.Greeting + \" from a new inner\");");
        (await workspace.DotnetAsync("Outer", "publish", "--no-restore", "-t:BuildImage")).ExpectSuccess();
        Assert.Equal("hello from a new inner\n", await workspace.RunImageAsync("inner"));
        Assert.NotEqual(before.ImageId, Assert.Single(workspace.Built("Outer")).ImageId);
    }
}
