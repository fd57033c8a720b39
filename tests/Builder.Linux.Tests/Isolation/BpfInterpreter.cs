using System.Buffers.Binary;
using Builder.Linux.Isolation;

namespace Builder.Linux.Tests.Isolation;

/// <summary>
/// Classic BPF as the kernel runs it on seccomp_data, written from linux/filter.h alone so that a mistake in the
/// compiler's words for instructions shows.
/// </summary>
internal static class BpfInterpreter
{
    public static uint Run(ReadOnlySpan<BpfInstruction> program, uint architecture, uint number, params ReadOnlySpan<ulong> arguments)
    {
        Span<byte> data = stackalloc byte[64];
        data.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data[4..], architecture);
        for (var i = 0; i < arguments.Length; i++)
        {
            // The kernel reads words of its own order: the two halves of an argument change places where that is big-endian.
            var (first, second) = IsBigEndian(architecture) ? (arguments[i] >> 32, arguments[i]) : (arguments[i], arguments[i] >> 32);
            BinaryPrimitives.WriteUInt32LittleEndian(data[(16 + (8 * i))..], (uint)first);
            BinaryPrimitives.WriteUInt32LittleEndian(data[(20 + (8 * i))..], (uint)second);
        }

        uint accumulator = 0;
        for (var at = 0; ; at++)
        {
            var instruction = program[at];
            switch (instruction.Code)
            {
                case 0x20:
                    Assert.Equal(0u, instruction.Operand % 4);
                    accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data[(int)instruction.Operand..]);
                    break;
                case 0x05:
                    at += (int)instruction.Operand;
                    break;
                case 0x15:
                    at += accumulator == instruction.Operand ? instruction.IfTrue : instruction.IfFalse;
                    break;
                case 0x35:
                    at += accumulator >= instruction.Operand ? instruction.IfTrue : instruction.IfFalse;
                    break;
                case 0x25:
                    at += accumulator > instruction.Operand ? instruction.IfTrue : instruction.IfFalse;
                    break;
                case 0x54:
                    accumulator &= instruction.Operand;
                    break;
                case 0x45:
                    at += (accumulator & instruction.Operand) != 0 ? instruction.IfTrue : instruction.IfFalse;
                    break;
                case 0x06:
                    return instruction.Operand;
                default:
                    throw new InvalidOperationException($"instruction {instruction.Code:x} at {at} is none that a filter may use");
            }
        }
    }

    /// <summary>__AUDIT_ARCH_LE is missing in the word.</summary>
    private static bool IsBigEndian(uint architecture) => (architecture & 0x4000_0000) == 0;
}
