using System.Diagnostics;
using System.Text;

namespace Builder.EndToEnd.Support;

/// <summary>What a program said and how it ended.</summary>
public sealed record ToolResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>Fails the test with everything the program said when it did not exit with <paramref name="expected"/>.</summary>
    public ToolResult Expect(int expected)
    {
        Assert.True(ExitCode == expected, $"{Command}\nexited with {ExitCode}, not {expected}\n--- stdout\n{Output}\n--- stderr\n{Error}");
        return this;
    }

    public ToolResult ExpectSuccess() => Expect(0);
}

/// <summary>Runs other people's programs, each with a deadline.</summary>
public static class Tool
{
    public static bool Exists(string name) => Find(name) is not null;

    /// <summary>Skips the test, saying why, when one of the programs is not installed.</summary>
    public static void Require(params string[] names)
    {
        var missing = names.Where(name => !Exists(name)).ToArray();
        if (missing.Length > 0)
        {
            Assert.Skip($"needs {string.Join(", ", missing)}, which is not installed here");
        }
    }

    public static void RequireRoot()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("needs root");
        }
    }

    public static async Task<ToolResult> RunAsync(string program, IEnumerable<string> arguments, ToolOptions? options = null)
    {
        options ??= ToolOptions.Default;
        var start = new ProcessStartInfo(Find(program) ?? program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = options.WorkingDirectory ?? "/",
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        using var deadline = new CancellationTokenSource(options.Timeout);
        options.Started?.Invoke(process);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var error = process.StandardError.ReadToEndAsync(deadline.Token);
        if (options.Input is not null)
        {
            await process.StandardInput.WriteAsync(options.Input);
        }

        else if (options.InputFile is not null)
        {
            await WriteAsync(process, await File.ReadAllBytesAsync(options.InputFile));
        }

        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return new ToolResult(Describe(start), process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{Describe(start)} did not end within {options.Timeout}");
        }
    }

    public static Task<ToolResult> RunAsync(string program, params string[] arguments) => RunAsync(program, arguments, null);

    /// <summary>A program need not read it all.</summary>
    private static async Task WriteAsync(Process process, byte[] input)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input);
        }
        catch (IOException)
        {
        }
    }

    private static string Describe(ProcessStartInfo start) =>
        new StringBuilder(start.FileName).Append(' ').AppendJoin(' ', start.ArgumentList).ToString();

    private static string? Find(string name)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            return File.Exists(name) ? name : null;
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/local/sbin", "/usr/sbin", "/sbin"]);
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}

/// <summary>How to run a program.</summary>
public sealed record ToolOptions
{
    public static readonly ToolOptions Default = new();

    public string? WorkingDirectory { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string? Input { get; init; }

    /// <summary>A file whose bytes are standard input.</summary>
    public string? InputFile { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Called with the running process; the way to interrupt it.</summary>
    public Action<Process>? Started { get; init; }
}
