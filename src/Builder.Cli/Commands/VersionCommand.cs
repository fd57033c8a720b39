using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Builder.Cli.Displays;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary><c>builder version</c>.</summary>
internal static class VersionCommand
{
    private static readonly Option<string?> Format = new("--format", "-f") { Description = "json, or a template such as '{{.Version}}'", HelpName = "format" };

    public static string Version { get; } = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static Command Create()
    {
        var command = new Command("version", "Show the version of Builder") { Format };
        command.SetAction((parsed, _) => Session.GuardAsync(_ => Task.FromResult(Show(parsed.GetValue(Format)))));
        return command;
    }

    private static int Show(string? format)
    {
        (string Name, string Value)[] facts = [("Version", Version), ("Platform", Platform.Host.ToString()), ("Runtime", RuntimeInformation.FrameworkDescription)];
        if (format is { Length: > 0 })
        {
            DocumentFormat.Write(format, [json =>
            {
                json.WriteStartObject();
                foreach (var (name, value) in facts)
                {
                    json.WriteString(name, value);
                }

                json.WriteEndObject();
            }]);
            return 0;
        }

        foreach (var (name, value) in facts)
        {
            Terminal.WriteLine($"{name + ":",-10} {value}");
        }

        return 0;
    }
}
