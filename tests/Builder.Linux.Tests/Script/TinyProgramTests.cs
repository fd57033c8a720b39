using System.Diagnostics;
using System.Runtime.InteropServices;
using Builder.Linux.Files;
using Builder.Linux.Programs;
using Builder.Testing;

namespace Builder.Linux.Tests.Script;

/// <summary>The programs that are kept as bytes are those whose sources lie beside them.</summary>
public sealed class TinyProgramTests
{
    [Theory]
    [InlineData("init.x64.s", TinyProgramCode.InitX64, "as", "objcopy")]
    [InlineData("exec.x64.s", TinyProgramCode.ExecX64, "as", "objcopy")]
    [InlineData("init.arm64.s", TinyProgramCode.InitArm64, "aarch64-linux-gnu-as", "aarch64-linux-gnu-objcopy")]
    [InlineData("exec.arm64.s", TinyProgramCode.ExecArm64, "aarch64-linux-gnu-as", "aarch64-linux-gnu-objcopy")]
    public async Task The_bytes_are_what_the_assembler_makes_of_the_source(string source, string code, string assembler, string copier)
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "another machine's assembler is called otherwise");
        Assert.SkipUnless(new[] { assembler, copier }.All(IsInstalled), $"{assembler} is not installed");
        var folder = Directory.CreateTempSubdirectory("builder-asm-").FullName;
        try
        {
            await RunAsync(assembler, Path.Combine(Checkout.Root, "src/Builder.Linux/Programs", source), "-o", Path.Combine(folder, "o"));
            await RunAsync(copier, "-O", "binary", "-j", ".text", Path.Combine(folder, "o"), Path.Combine(folder, "bin"));

            Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "bin")), Convert.FromBase64String(code));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The other machine's runs under an emulator as far as one can see there: it finds the first program of the list that is one.</summary>
    [Theory]
    [InlineData(Architecture.X64)]
    [InlineData(Architecture.Arm64)]
    public async Task It_executes_the_first_candidate_that_can_be(Architecture architecture)
    {
        var isForeign = architecture != RuntimeInformation.ProcessArchitecture;
        var emulator = architecture == Architecture.Arm64 ? "qemu-aarch64-static" : "qemu-x86_64-static";
        Assert.SkipWhen(isForeign && !IsInstalled(emulator), $"{emulator} is not installed");
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, TinyProgram.Image(Convert.FromBase64String(architecture == Architecture.Arm64 ? TinyProgramCode.ExecArm64 : TinyProgramCode.ExecX64), architecture));
            using (var parent = DirectoryHandle.Open(Path.GetDirectoryName(file)!))
            {
                parent.SetMode(System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(file)), 0x1c0);
            }

            string[] arguments = ["/no/such/program", "/etc/passwd", "/bin/echo", "/bin/false", "", "echo", "one", "", "two"];
            Assert.Equal("one  two\n", isForeign ? await RunAsync(emulator, [file, .. arguments]) : await RunAsync(file, arguments));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static bool IsInstalled(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return said;
    }
}
