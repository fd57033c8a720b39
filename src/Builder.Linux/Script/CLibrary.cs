using System.Runtime.InteropServices;
using Builder.Diagnostics;

namespace Builder.Linux.Script;

/// <summary>The addresses of the two C library functions that the child calls.</summary>
internal sealed record CLibrary(nint Syscall, nint ErrnoLocation)
{
    private static readonly Lazy<CLibrary> Loaded = new(Find);

    public static CLibrary Instance => Loaded.Value;

    private static CLibrary Find()
    {
        var program = NativeLibrary.GetMainProgramHandle();
        var library = new CLibrary(NativeLibrary.GetExport(program, "syscall"), NativeLibrary.GetExport(program, "__errno_location"));

        // The ahead-of-time compiler takes bit 1 of a managed function pointer for a mark of its own. C libraries align
        // these functions to sixteen bytes; one that does not would crash the child, so it is refused.
        return ((library.Syscall | library.ErrnoLocation) & 2) == 0
            ? library
            : throw new BuilderException(LinuxErrors.CLibrary, "this C library cannot be called from a child process", "use the build for glibc");
    }
}
