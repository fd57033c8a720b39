using System.Diagnostics;

namespace Builder.Storage.Tests.Support;

/// <summary>Other programs, as stage hands and as oracles.</summary>
public static class Shell
{
    public static string Run(string folder, string script)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-euc", "umask 022; " + script])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{script}: exit code {process.ExitCode}: {error.Result}");
        return output;
    }

    public static void SkipUnless(string program)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin");
        Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Combine(folder, program))), $"{program} is not installed");
    }
}
