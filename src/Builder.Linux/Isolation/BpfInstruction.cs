using System.Runtime.InteropServices;

namespace Builder.Linux.Isolation;

/// <summary>One instruction of classic BPF (struct sock_filter).</summary>
/// <param name="Code">What to do.</param>
/// <param name="IfTrue">How many instructions a conditional jump skips when it holds.</param>
/// <param name="IfFalse">How many it skips when it does not.</param>
/// <param name="Operand">A constant, an offset, or the distance of an unconditional jump.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct BpfInstruction(ushort Code, byte IfTrue, byte IfFalse, uint Operand);
