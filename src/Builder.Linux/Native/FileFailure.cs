using System.Runtime.InteropServices;

namespace Builder.Linux.Native;

/// <summary>Turns the -1 of a call on files into an exception that names call, subject and errno.</summary>
internal static class FileFailure
{
    internal static Errno Errno => (Errno)Marshal.GetLastPInvokeError();

    internal static LinuxException Of(string call, ReadOnlySpan<byte> subject) => new(call, CPath.Printable(subject), Errno);

    internal static LinuxException Of(string call, string subject) => new(call, subject, Errno);

    internal static void Check(int result, string call, ReadOnlySpan<byte> subject)
    {
        if (result < 0)
        {
            throw Of(call, subject);
        }
    }
}
