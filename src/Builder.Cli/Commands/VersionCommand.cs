using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Builder.Cli.Displays;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary><c>builder version</c>.</summary>
internal static class VersionCommand
{
    public static string Version { get; } = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static Command Create()
    {
        var command = new Command("version", "Show the version of Builder");
        command.SetAction(_ =>
        {
            Terminal.WriteLine($"Version:   {Version}");
            Terminal.WriteLine($"Platform:  {Platform.Host}");
            Terminal.WriteLine($"Runtime:   {RuntimeInformation.FrameworkDescription}");
        });
        return command;
    }
}
