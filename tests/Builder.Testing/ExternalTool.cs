using System.Diagnostics;

namespace Builder.Testing;

/// <summary>Runs another program as an oracle.</summary>
public static class ExternalTool
{
    /// <summary>Whether a program of this name is on the path.</summary>
    public static bool Exists(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name)));

    /// <summary>Runs to the end and returns standard output; a failure is an exception with standard error.</summary>
    /// <param name="input">Bytes for standard input.</param>
    public static byte[] Run(string name, IEnumerable<string> arguments, ReadOnlySpan<byte> input = default)
    {
        using var process = Process.Start(new ProcessStartInfo(name, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        Task.WaitAll(error, reading);
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.ToArray()
            : throw new InvalidOperationException($"{name} exited with {process.ExitCode}: {error.Result}");
    }
}
