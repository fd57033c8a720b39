using System.CommandLine;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Builder.Cli.Displays;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary><c>builder version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Show the version of Builder");
        command.SetAction(_ =>
        {
            var version = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
            Terminal.WriteLine($"Version:   {version}");
            Terminal.WriteLine($"Platform:  {Platform.Host}");
            Terminal.WriteLine($"Runtime:   {RuntimeInformation.FrameworkDescription} ({(RuntimeFeature.IsDynamicCodeSupported ? "JIT" : "native")})");
        });
        return command;
    }
}
