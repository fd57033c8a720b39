using System.Diagnostics;

namespace Builder.Benchmarks.SideBySide;

/// <summary>A program and its arguments, run to its end and timed from outside.</summary>
internal sealed record Command(string Program, params IReadOnlyList<string> Arguments)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Its wall-clock time. Fails with everything it said when it did not succeed.</summary>
    public async Task<TimeSpan> RunAsync()
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var elapsed = clock.Elapsed;
        return process.ExitCode == 0
            ? elapsed
            : throw new InvalidOperationException($"{Program} {string.Join(' ', Arguments)} exited with {process.ExitCode}\n{await output}\n{await error}");
    }

    public static string? Find(string name) =>
        "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin".Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
