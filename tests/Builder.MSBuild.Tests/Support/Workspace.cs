using Builder.EndToEnd.Support;

namespace Builder.MSBuild.Tests.Support;

/// <summary>A folder with real projects that use the package, and real runs of <c>dotnet</c> in it.</summary>
public sealed class Workspace : IDisposable
{
    private readonly TestFolder folder = new();
    private int runs;

    private Workspace(PackageFeed feed) => Feed = feed;

    public PackageFeed Feed { get; }

    public static async Task<Workspace> CreateAsync(PackageFeed feed)
    {
        await feed.ReadyAsync();
        var workspace = new Workspace(feed);
        workspace.Write("nuget.config", $"<configuration><packageSources><clear/><add key=\"local\" value=\"{feed.Feed}\"/></packageSources></configuration>");
        return workspace;
    }

    public string PathOf(string name) => folder.PathOf(name);

    public string Write(string name, string content) => folder.Write(name, content);

    /// <summary>A project with the package: <c>NAME/NAME.csproj</c>.</summary>
    /// <param name="properties">Elements of its property group.</param>
    /// <param name="more">Further elements of the project.</param>
    public void Project(string name, string properties, string more = "", string sdk = "Microsoft.NET.Sdk", bool usesPackage = true) => Write($"{name}/{name}.csproj", $"""
        <Project Sdk="{sdk}">
          <PropertyGroup>{(properties.Contains("TargetFrameworks", StringComparison.Ordinal) ? "" : "<TargetFramework>net10.0</TargetFramework>")}{properties}</PropertyGroup>
          <ItemGroup>{(usesPackage ? "<PackageReference Include=\"Builder.MSBuild\" Version=\"*\" />" : "")}</ItemGroup>
          {more}
          <Target Name="TellImages" AfterTargets="BuildImageCore" Condition="'@(BuiltImage)' != ''">
            <WriteLinesToFile File="$(BaseIntermediateOutputPath)built.txt" Overwrite="true"
              Lines="@(BuiltImage->'%(Identity)|%(ImageId)|%(Digest)|%(Tags)|%(ArchivePath)|%(Pushed)')" />
          </Target>
        </Project>
        """);

    /// <summary>Runs <c>dotnet</c> in a folder of the workspace, with a binary log.</summary>
    public Task<BuildRun> DotnetAsync(string place, params string[] arguments) => DotnetAsync(place, arguments, null);

    public async Task<BuildRun> DotnetAsync(string place, string[] arguments, ToolOptions? how)
    {
        var log = PathOf($"{Interlocked.Increment(ref runs)}.binlog");
        var environment = Feed.Environment.Concat(how?.Environment ?? new Dictionary<string, string>()).ToDictionary(pair => pair.Key, pair => pair.Value);
        var result = await Tool.RunAsync("dotnet", [.. arguments, $"-bl:{log}", $"-logger:{typeof(HelpLinkLogger).FullName},{typeof(HelpLinkLogger).Assembly.Location};{log}.links"], (how ?? ToolOptions.Default) with { WorkingDirectory = PathOf(place), Environment = environment });
        return new BuildRun(result, log);
    }

    /// <summary>What <c>@(BuiltImage)</c> was in the last run.</summary>
    public IReadOnlyList<TestImage> Built(string project) => [.. File.ReadAllLines(PathOf($"{project}/obj/built.txt")).Select(TestImage.Parse)];

    /// <summary>Standard output of an image's program.</summary>
    public async Task<string> RunImageAsync(string name, params string[] arguments) => (await Feed.BuilderAsync(["run", "--rm", name, .. arguments])).ExpectSuccess().Output;

    public async Task<bool> IsInStoreAsync(string name) => (await Feed.BuilderAsync("inspect", name)).ExitCode == 0;

    public void Dispose() => folder.Dispose();
}

/// <summary>An item of <c>@(BuiltImage)</c>.</summary>
public sealed record TestImage(string Name, string ImageId, string Digest, IReadOnlyList<string> Tags, string ArchivePath, bool Pushed)
{
    public static TestImage Parse(string line) => line.Split('|') is [var name, var id, var digest, var tags, var archive, var pushed]
        ? new TestImage(name, id, digest, tags.Split(';'), archive, pushed == "true")
        : throw new FormatException(line);
}
