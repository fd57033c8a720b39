namespace Builder.Registry.Authentication.Stores;

/// <summary>What decides which files hold logins: environment variables and the user's home. Tests bring their own.</summary>
public sealed record CredentialEnvironment
{
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>One file that is read and written instead of all others, as <c>--authfile</c> says it.</summary>
    public string? AuthFile { get; init; }

    /// <summary>The JSON of a whole file in a variable, as CI systems hand it over.</summary>
    internal string? Inline => ExplicitFile is null ? Value("DOCKER_AUTH_CONFIG") : null;

    /// <summary>The files that may hold logins, in the order in which they are asked.</summary>
    internal IReadOnlyList<string> Files
    {
        get
        {
            if (ExplicitFile is { } only)
            {
                return [only];
            }

            var runtime = Value("XDG_RUNTIME_DIR");
            var config = Value("XDG_CONFIG_HOME") ?? Path.Combine(Home, ".config");
            string?[] files =
            [
                DockerFile,
                runtime is null ? null : Path.Combine(runtime, "containers", "auth.json"),
                Path.Combine(config, "containers", "auth.json"),
            ];
            return [.. files.OfType<string>()];
        }
    }

    /// <summary>The file that a login is written to.</summary>
    internal string FileToWrite => ExplicitFile ?? DockerFile;

    private string? ExplicitFile => AuthFile ?? Value("REGISTRY_AUTH_FILE");

    private string DockerFile => Path.Combine(Value("DOCKER_CONFIG") ?? Path.Combine(Home, ".docker"), "config.json");

    private string Home => Value("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private string? Value(string name) => Variable(name) is { Length: > 0 } value ? value : null;
}
