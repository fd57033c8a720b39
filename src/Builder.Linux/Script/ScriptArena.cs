using System.Runtime.InteropServices;

namespace Builder.Linux.Script;

/// <summary>Unmanaged memory that grows in blocks, stays where it is, and goes at once: a child can read it while the collector runs.</summary>
/// <param name="shared">A child that has a copy of our memory writes into ours here.</param>
internal sealed unsafe class ScriptArena(bool shared = false) : IDisposable
{
    private const nuint BlockSize = 64 << 10;
    private const nuint Alignment = 16;

    private readonly List<(nint Address, nuint Size)> blocks = [];
    private byte* next;
    private nuint left;

    /// <summary>Zeroed memory, aligned for any kernel structure.</summary>
    public byte* Allocate(nuint size)
    {
        size = (size + Alignment - 1) & ~(Alignment - 1);
        if (size > left)
        {
            var block = Math.Max(size, BlockSize);
            next = shared ? SharedMemory.Map(block) : (byte*)NativeMemory.AlignedAlloc(block, Alignment);
            left = block;
            blocks.Add(((nint)next, block));
        }

        var memory = next;
        next += size;
        left -= size;
        NativeMemory.Clear(memory, size);
        return memory;
    }

    public void Dispose()
    {
        foreach (var (address, size) in blocks)
        {
            // There may have been a secret in it.
            NativeMemory.Clear((void*)address, size);
            if (shared)
            {
                SharedMemory.Unmap((byte*)address, size);
            }
            else
            {
                NativeMemory.AlignedFree((void*)address);
            }
        }

        blocks.Clear();
        next = null;
        left = 0;
    }
}
