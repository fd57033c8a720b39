namespace Builder.EndToEnd.Support;

/// <summary>The two forms in which Builder is run.</summary>
public enum Flavour
{
    /// <summary>The published native program.</summary>
    Native,

    /// <summary><c>dotnet builder.dll</c>, what <c>dotnet run</c> starts.</summary>
    Jit,
}

/// <summary>Who runs it.</summary>
public enum Caller
{
    Root,

    /// <summary>An ordinary user with subordinate ids.</summary>
    User,
}

/// <summary>
/// Builder as a user has it: a program, a store of its own, a caller. Copies the program to a place that an ordinary user
/// may read, because the checkout may be in a private home.
/// </summary>
public sealed class BuilderProgram : IDisposable
{
    public const string UserName = "builder-e2e";

    private readonly TestFolder home;
    private readonly Caller caller;
    private readonly IReadOnlyList<string> command;

    public BuilderProgram(Flavour flavour = Flavour.Native, Caller caller = Caller.Root)
    {
        this.caller = caller;
        command = Command(flavour);
        if (caller == Caller.Root)
        {
            Tool.RequireRoot();
        }
        else
        {
            RequireUser();
        }

        home = new TestFolder();
        Store = home.PathOf("store");
    }

    /// <summary>The store's root; made by Builder itself.</summary>
    public string Store { get; }

    /// <summary>What starts it, for a program that starts it in turn.</summary>
    public IReadOnlyList<string> CommandLine => command;

    /// <summary>A scratch folder of this caller.</summary>
    public TestFolder Files => home;

    public Task<ToolResult> RunAsync(params string[] arguments) => RunAsync(arguments, null);

    public Task<ToolResult> RunAsync(IEnumerable<string> arguments, ToolOptions? options = null)
    {
        options ??= ToolOptions.Default;
        string[] all = [.. command, .. arguments];
        if (caller == Caller.User && Environment.IsPrivilegedProcess)
        {
            all = ["runuser", "-u", UserName, "--", .. all];
        }

        var environment = new Dictionary<string, string>(options.Environment)
        {
            ["BUILDER_ROOT"] = Store,
            ["HOME"] = home.Path,
            ["NO_COLOR"] = "1",
        };

        // Which network steps have is the matter of one test; the others need not wait for pasta.
        environment.TryAdd("BUILDER_NETWORK", "host");
        return Tool.RunAsync(all[0], all[1..], options with { Environment = environment });
    }

    /// <summary>
    /// What a finished or interrupted run may not leave behind: anything in the store's <c>tmp</c>, mounts, processes.
    /// </summary>
    public void AssertNothingIsLeftBehind()
    {
        var temporary = Path.Combine(Store, "tmp");
        if (Directory.Exists(temporary))
        {
            Assert.Empty(Directory.EnumerateFileSystemEntries(temporary, "*", SearchOption.TopDirectoryOnly));
        }

        Assert.DoesNotContain(home.Path, File.ReadAllText("/proc/self/mounts"), StringComparison.Ordinal);
        var processes = Directory.EnumerateDirectories("/proc").Select(ReadCommandLine)
            .Where(line => line.Contains(home.Path, StringComparison.Ordinal));
        Assert.Empty(processes);
    }

    public void Dispose()
    {
        if (caller == Caller.User)
        {
            // Snapshots belong to subordinate ids: only root, or the user inside his namespace, can remove them.
            if (Environment.IsPrivilegedProcess)
            {
                Tool.RunAsync("rm", "-rf", home.Path).GetAwaiter().GetResult();
                Directory.CreateDirectory(home.Path);
            }
            else
            {
                Tool.RunAsync("unshare", "--map-auto", "-Ur", "rm", "-rf", Store).GetAwaiter().GetResult();
            }
        }

        home.Dispose();
    }

    private static string ReadCommandLine(string processFolder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(processFolder, "cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
        catch (UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>The program itself, for a test that starts it in its own way.</summary>
    public static string PathOf(Flavour flavour) => Command(flavour)[^1];

    private static string[] Command(Flavour flavour) => flavour switch
    {
        Flavour.Native => [PublishedProgram.Native],
        _ => ["dotnet", PublishedProgram.Jit],
    };

    private static void RequireUser()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return;
        }

        Tool.Require("runuser", "newuidmap");
        if (!File.ReadAllText("/etc/passwd").Contains($"\n{UserName}:", StringComparison.Ordinal))
        {
            Assert.Skip($"needs a user '{UserName}' with subordinate ids (tests/run makes one when it runs as root)");
        }
    }
}
