using Builder.MSBuild.Items;
using Microsoft.Build.Framework;

namespace Builder.MSBuild.Tasks;

/// <summary>Writes <see cref="DefaultDockerfile"/> for a project, when it is not the same already.</summary>
public sealed class WriteDefaultDockerfile : BuilderTask
{
    [Required]
    public string Path { get; set; } = "";

    /// <summary>Empty for Microsoft's image that fits the project.</summary>
    public string BaseImage { get; set; } = "";

    /// <summary>What the tag of Microsoft's image ends in, such as <c>alpine</c>.</summary>
    public string Family { get; set; } = "";

    /// <summary>Such as <c>10.0</c>.</summary>
    [Required]
    public string FrameworkVersion { get; set; } = "";

    public bool IsWeb { get; set; }

    /// <summary>The output brings its own .NET, or is one native program.</summary>
    public bool IsSelfContained { get; set; }

    /// <summary>The output is one file that the machine executes, not an assembly.</summary>
    public bool IsSingleFile { get; set; }

    [Required]
    public string AssemblyName { get; set; } = "";

    public string WorkingDirectory { get; set; } = "";

    public string User { get; set; } = "";

    /// <summary><c>ContainerPort</c>, with a <c>Type</c>.</summary>
    public ITaskItem[] Ports { get; set; } = [];

    /// <summary><c>ContainerEnvironmentVariable</c>, with a <c>Value</c>.</summary>
    public ITaskItem[] EnvironmentVariables { get; set; } = [];

    private protected override void Run()
    {
        var directory = WorkingDirectory.Length > 0 ? WorkingDirectory.TrimEnd('/') : "/app";
        var isOwnBase = BaseImage.Length > 0;
        var text = new DefaultDockerfile
        {
            Base = isOwnBase ? BaseImage : MicrosoftsBase(),
            WorkingDirectory = directory,
            Entrypoint = IsSelfContained || IsSingleFile ? [$"{directory}/{AssemblyName}"] : ["dotnet", $"{directory}/{AssemblyName}.dll"],

            // Microsoft's images since .NET 8 name the user that an application should be.
            User = User.Length > 0 ? User : isOwnBase ? "" : "$APP_UID",
            Ports = [.. Ports.Select(port => port.GetMetadata("Type") is { Length: > 0 } type ? $"{port.ItemSpec}/{type.ToLowerInvariant()}" : port.ItemSpec)],
            Environment = [.. EnvironmentVariables.Select(variable => new KeyValuePair<string, string>(variable.ItemSpec, variable.GetMetadata("Value")))],
        }.Render();
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        if (!File.Exists(Path) || File.ReadAllText(Path) != text)
        {
            File.WriteAllText(Path, text);
        }
    }

    private string MicrosoftsBase()
    {
        var kind = IsSelfContained ? "runtime-deps" : IsWeb ? "aspnet" : "runtime";
        return $"mcr.microsoft.com/dotnet/{kind}:{FrameworkVersion}{(Family.Length > 0 ? "-" + Family : "")}";
    }
}
