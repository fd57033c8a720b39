using System.Net;
using System.Net.Sockets;
using Builder.MSBuild.Tests.Support;

namespace Builder.MSBuild.Tests;

/// <summary>An ASP.NET Core project without a Dockerfile, deterministic and with locked packages.</summary>
public sealed class WebProjectTests(PackageFeed feed)
{
    [Fact]
    public async Task A_web_project_without_a_Dockerfile_gets_one_and_serves()
    {
        using var workspace = await Workspace.CreateAsync(feed);
        workspace.Project(
            "web",
            "<ImplicitUsings>enable</ImplicitUsings><ContainerBaseImage>dotnet-base</ContainerBaseImage><ContainerRepository>team/web</ContainerRepository><ContainerImageTags>1;one</ContainerImageTags>"
            + "<RestorePackagesWithLockFile>true</RestorePackagesWithLockFile><Deterministic>true</Deterministic><ContinuousIntegrationBuild>true</ContinuousIntegrationBuild>"
            + "<TreatWarningsAsErrors>true</TreatWarningsAsErrors><BuildImageOnPublish>true</BuildImageOnPublish>",
            """
            <ItemGroup>
              <ContainerEnvironmentVariable Include="GREETING" Value="hello &quot;$web&quot;" />
              <ContainerPort Include="8080" Type="tcp" />
              <ContainerLabel Include="team" Value="blue" />
            </ItemGroup>
            """,
            "Microsoft.NET.Sdk.Web");
        workspace.Write("web/Program.cs", """
            var app = WebApplication.Create(args);
            app.MapGet("/", () => Environment.GetEnvironmentVariable("GREETING"));
            app.Run();
            """);
        (await workspace.DotnetAsync("web", "restore")).ExpectSuccess();
        (await workspace.DotnetAsync("web", "restore", "--locked-mode")).ExpectSuccess();
        (await workspace.DotnetAsync("web", "publish", "--no-restore")).ExpectSuccess();

        Assert.Equal(["team/web:1", "team/web:one"], Assert.Single(workspace.Built("web")).Tags);
        var config = (await feed.BuilderAsync("inspect", "team/web:1")).ExpectSuccess().Output;
        Assert.Contains("\"8080/tcp\"", config, StringComparison.Ordinal);
        Assert.Contains("\"team\": \"blue\"", config, StringComparison.Ordinal);
        Assert.Equal("hello \"$web\"", await AskAsync("team/web:one"));
    }

    /// <summary>What the image's program answers to a request, on a port of the loopback.</summary>
    private async Task<string> AskAsync(string image)
    {
        var address = $"http://127.0.0.1:{FreePort()}";
        var container = (await feed.BuilderAsync("run", "-d", "--rm", "-e", $"ASPNETCORE_URLS={address}", image)).ExpectSuccess().Output.Trim();
        try
        {
            using var client = new HttpClient();
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    return await client.GetStringAsync(address, TestContext.Current.CancellationToken);
                }
                catch (HttpRequestException) when (attempt < 300)
                {
                    await Task.Delay(100, TestContext.Current.CancellationToken);
                }
            }
        }
        finally
        {
            await feed.BuilderAsync("rm", "-f", container);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
