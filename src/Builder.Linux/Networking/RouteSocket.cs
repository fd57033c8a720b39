using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Builder.Linux.Native;
using Builder.Linux.Processes;
using Builder.Linux.Script;
using Microsoft.Win32.SafeHandles;

namespace Builder.Linux.Networking;

/// <summary>
/// A socket to the kernel's routing (rtnetlink(7)). It belongs to the network namespace in which it was opened, whoever uses it.
/// Messages are made by hand: a header of 16 bytes, a body, attributes of four bytes and a value.
/// </summary>
internal sealed unsafe class RouteSocket : IDisposable
{
    private const int NetlinkFamily = 16, Raw = 3, CloseOnExec = 0x80000, RouteProtocol = 0;
    private const uint IPv4Routes = 0x40, IPv6Routes = 0x400;
    private const int HeaderSize = 16;
    private const ushort ErrorMessage = 2, SetLink = 19, NewRoute = 24;
    private const ushort Request = 0x1, Acknowledge = 0x4, Create = 0x400;
    private const byte InternetV4 = 2, InternetV6 = 10, MainTable = 254, StaticProtocol = 4, Unicast = 1, ProhibitType = 8;
    private const ushort DestinationAttribute = 1;
    private const int LoopbackIndex = 1, Up = 1;

    private readonly SafeFileHandle socket;

    private RouteSocket(SafeFileHandle socket) => this.socket = socket;

    public static RouteSocket Open()
    {
        var number = (int)Libc.RawSyscall(SyscallNumbers.Of(SystemCall.Socket), NetlinkFamily, Raw | CloseOnExec, RouteProtocol, 0, 0, 0);
        if (number < 0)
        {
            throw new LinuxException("socket", "of netlink", (Errno)Marshal.GetLastPInvokeError());
        }

        var socket = new SafeFileHandle(number, ownsHandle: true);
        Span<byte> address = stackalloc byte[12];
        address.Clear();
        MemoryMarshal.Write(address, (ushort)NetlinkFamily);
        MemoryMarshal.Write(address[8..], IPv4Routes | IPv6Routes);
        fixed (byte* start = address)
        {
            if (Libc.Bind(number, start, (uint)address.Length) < 0)
            {
                socket.Dispose();
                throw new LinuxException("bind", "of netlink", (Errno)Marshal.GetLastPInvokeError());
            }
        }

        return new RouteSocket(socket);
    }

    public void BringUpLoopback()
    {
        // struct ifinfomsg: family, type, index, flags, which of the flags.
        Span<byte> body = stackalloc byte[16];
        body.Clear();
        MemoryMarshal.Write(body[4..], LoopbackIndex);
        MemoryMarshal.Write(body[8..], Up);
        MemoryMarshal.Write(body[12..], Up);
        Ask(SetLink, 0, body, "bringing up the loopback interface");
    }

    /// <summary>Makes an address one that is prohibited; being the most special route it wins over all others.</summary>
    public void Prohibit(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        var isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;

        // struct rtmsg: family, bits of destination and source, type of service, table, protocol, scope, type, flags.
        Span<byte> body = stackalloc byte[12 + 4 + 16];
        body.Clear();
        (body[0], body[1], body[4], body[5], body[7]) = (isV6 ? InternetV6 : InternetV4, (byte)(bytes.Length * 8), MainTable, StaticProtocol, ProhibitType);
        MemoryMarshal.Write(body[12..], (ushort)(4 + bytes.Length));
        MemoryMarshal.Write(body[14..], DestinationAttribute);
        bytes.CopyTo(body[16..]);
        try
        {
            Ask(NewRoute, Create, body[..(16 + bytes.Length)], $"prohibiting {address}");
        }
        catch (LinuxException none) when (isV6 && none.Errno is Errno.ENOTSUP or Errno.EAFNOSUPPORT)
        {
            // A kernel without IPv6 reaches no such address.
        }
    }

    /// <summary>Listens to what the kernel tells of routes.</summary>
    public bool WaitForDefault(SafeHandle over, TimeSpan patience)
    {
        var start = Stopwatch.GetTimestamp();
        Span<byte> buffer = stackalloc byte[8192];
        while (true)
        {
            var left = patience - Stopwatch.GetElapsedTime(start);
            var ready = left > TimeSpan.Zero ? Descriptors.WaitReadable([socket, over], left) : [false, true];
            if (ready[0] && TellsOfDefault(buffer[..Descriptors.Read(socket, buffer)]))
            {
                return true;
            }

            if (ready[1])
            {
                return false;
            }
        }
    }

    public void Dispose() => socket.Dispose();

    private static bool TellsOfDefault(ReadOnlySpan<byte> messages)
    {
        while (messages.Length >= HeaderSize + 12)
        {
            var length = MemoryMarshal.Read<int>(messages);
            if (length < HeaderSize || length > messages.Length)
            {
                return false;
            }

            var body = messages[HeaderSize..];
            if (MemoryMarshal.Read<ushort>(messages[4..]) == NewRoute && body[1] == 0 && body[7] == Unicast)
            {
                return true;
            }

            messages = messages[Math.Min((length + 3) & ~3, messages.Length)..];
        }

        return false;
    }

    private void Ask(ushort type, ushort flags, ReadOnlySpan<byte> body, string description)
    {
        Span<byte> message = stackalloc byte[HeaderSize + body.Length];
        message.Clear();
        MemoryMarshal.Write(message, message.Length);
        MemoryMarshal.Write(message[4..], type);
        MemoryMarshal.Write(message[6..], (ushort)(Request | Acknowledge | flags));
        body.CopyTo(message[HeaderSize..]);
        fixed (byte* start = message)
        {
            if (Libc.WriteDescriptor((int)socket.DangerousGetHandle(), start, message.Length) < 0)
            {
                throw new LinuxException(description, "", (Errno)Marshal.GetLastPInvokeError());
            }
        }

        // What it tells of routes may come before its answer.
        Span<byte> answer = stackalloc byte[8192];
        while (true)
        {
            var count = Descriptors.Read(socket, answer);
            if (count >= HeaderSize + 4 && MemoryMarshal.Read<ushort>(answer[4..]) == ErrorMessage)
            {
                var errno = -MemoryMarshal.Read<int>(answer[HeaderSize..]);
                if (errno != 0)
                {
                    throw new LinuxException(description, "", (Errno)errno);
                }

                return;
            }
        }
    }
}
