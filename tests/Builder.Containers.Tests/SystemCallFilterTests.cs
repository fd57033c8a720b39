using System.Runtime.InteropServices;

namespace Builder.Containers.Tests;

/// <summary>The filter as the kernel applies it; what it answers to every number is tested with the compiler.</summary>
public sealed class SystemCallFilterTests : ContainerTest
{
    private const string Python = "/usr/bin/python3";

    private const string Probe = """
        import ctypes
        call = ctypes.CDLL(None, use_errno=True).syscall
        call.restype = ctypes.c_long
        def probe(*args):
            ctypes.set_errno(0)
            result = call(*[ctypes.c_ulong(a) for a in args])
            return 'ok' if result >= 0 else str(ctypes.get_errno())
        print(probe(39), probe(41, 2, 1, 0), probe(41, 38, 5, 0), probe(41, 1 << 32 | 38, 5, 0), probe(41, 40, 1, 0), probe(41, 1 << 32 | 40, 1, 0),
              probe(272, 0x10000000), probe(435, 0, 0), probe(425, 1, 0), probe(250, 0, 0), probe(165, 0, 0, 0, 0, 0), probe(0x40000000 | 39), probe(5000))
        """;

    [Fact]
    public async Task The_kernel_refuses_what_the_policy_refuses_high_words_included()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "the probe has the numbers of x86-64");
        Assert.SkipUnless(File.Exists(Python) && new FileInfo("/lib").LinkTarget is not null, "python3 on a system with one /usr is not installed");
        Directory.CreateDirectory(Path.Combine(Root.Lower, "usr"));
        File.CreateSymbolicLink(Path.Combine(Root.Lower, "lib"), "usr/lib");
        File.CreateSymbolicLink(Path.Combine(Root.Lower, "lib64"), "usr/lib64");

        var outcome = await Outcome.OfAsync(Root.Spec(Python, "-c", Probe) with { Mounts = [new BindMount("/usr", "/usr", ReadOnly: true)] });

        const int NotPermitted = 1, NoSuchCall = 38;
        object[] expected =
        [
            "ok", "ok", NotPermitted, NotPermitted, NotPermitted, NotPermitted,
            NotPermitted, NoSuchCall, NotPermitted, NotPermitted, NotPermitted, NoSuchCall, NoSuchCall,
        ];
        Assert.Equal(string.Join(' ', expected) + "\n", outcome.Stdout);
    }
}
