using System.Reflection;
using System.Text;
using Microsoft.Build.Framework;

namespace Builder.MSBuild.Tests.Support;

/// <summary>All cases of bad input in one run of MSBuild, which takes longer to start than each of them.</summary>
public sealed class BadInputCases(PackageFeed feed) : IAsyncLifetime
{
    private readonly List<string> keys = [];
    private BuildRun? run;

    public PlainProject Project { get; } = new(feed);

    public async ValueTask InitializeAsync()
    {
        await Project.InitializeAsync();
        Project.Workspace.Write("plain/Known", "FROM scratch\nCOPY Known /\n");
        var calls = new StringBuilder();
        foreach (var arguments in typeof(BadInputTests).GetMethods().SelectMany(method => method.GetCustomAttributes<InlineDataAttribute>()).Select(data => data.Data))
        {
            var properties = arguments[1..].SelectMany(argument => argument is string[] several ? several : [(string)argument!]).ToArray();
            calls.AppendLine($"""<MSBuild Projects="plain/plain.csproj" Targets="BuildImage" Properties="Case={keys.Count};{PropertiesOf(properties)}" ContinueOnError="true" />""");
            keys.Add(KeyOf(properties));
        }

        Project.Workspace.Write("cases.proj", $"<Project><Target Name=\"Cases\">{calls}</Target></Project>");
        run = await Project.Workspace.DotnetAsync(".", "msbuild", "cases.proj");
        Assert.DoesNotContain("MSB4018", run.Result.Output, StringComparison.Ordinal);
    }

    /// <summary>The one error of a case.</summary>
    public BuildErrorEventArgs ErrorOf(string code, params string[] properties)
    {
        var number = keys.IndexOf(KeyOf(properties)).ToString();
        var contexts = run!.Events.OfType<ProjectStartedEventArgs>()
            .Where(project => project.GlobalProperties?.TryGetValue("Case", out var value) == true && value == number)
            .Select(project => project.BuildEventContext!.ProjectContextId).ToHashSet();
        var error = Assert.Single(run.Errors, error => contexts.Contains(error.BuildEventContext!.ProjectContextId));
        Assert.True(error.Code == code, $"{error.Code}: {error.Message}");
        run.AssertHelps(code);
        return error;
    }

    public ValueTask DisposeAsync() => Project.DisposeAsync();

    private static string KeyOf(IEnumerable<string> properties) => string.Join('\n', properties);

    /// <summary>Items come in a file of their own, properties as they are.</summary>
    private string PropertiesOf(string[] properties)
    {
        if (!properties[0].StartsWith('<'))
        {
            return string.Join(';', properties);
        }

        var name = $"case{keys.Count}.props";
        Project.Workspace.Write($"plain/{name}", $"<Project><ItemGroup>{properties[0]}</ItemGroup></Project>");
        return $"Items={name}";
    }
}
