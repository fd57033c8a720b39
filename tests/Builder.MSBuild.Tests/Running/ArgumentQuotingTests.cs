using System.Diagnostics;
using Builder.MSBuild.Running;

namespace Builder.MSBuild.Tests.Running;

public class ArgumentQuotingTests
{
    /// <summary>As a process gets them.</summary>
    [Fact]
    public void Arguments_arrive_as_they_were()
    {
        string[] arguments = ["plain", "", "a b", "\"quoted\"", "back\\slash", "ends\\", "a\\\\\"b", "tab\there", "new\nline", "$HOME", "'single'", "é日", "--x=y z\\"];
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/printf", ArgumentQuoting.Join(["%s\\0", .. arguments])) { RedirectStandardOutput = true })!;
        Assert.Equal(arguments, process.StandardOutput.ReadToEnd().Split('\0')[..^1]);
    }
}
