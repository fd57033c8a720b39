using System.Buffers;
using System.Runtime.InteropServices;
using Builder.Linux;
using Builder.Linux.Processes;

namespace Builder.Containers.Launch;

/// <summary>Passes a container's output on until its first process has ended.</summary>
internal sealed class OutputPump(ContainerPipes pipes, OutputReceiver output)
{
    private const int BufferSize = 64 << 10;

    private readonly byte[] buffer = new byte[BufferSize];
    private SafeHandle? stdout = pipes.Output;
    private SafeHandle? stderr = pipes.Stderr.Reader;

    /// <summary>
    /// When process 1 has ended the kernel has ended all others of its namespace before, so what is in the pipes then
    /// is all there will be, whoever else may hold them.
    /// </summary>
    public void RunUntilEnd(ChildProcess child, StopPlan stop)
    {
        var hasEnded = false;
        while (!hasEnded)
        {
            var ready = Descriptors.WaitReadable([stdout, stderr, child.Handle, stop.Requests], stop.Patience);
            PassOn(ready);
            hasEnded = ready[2];
            if (ready[3])
            {
                stop.Begin();
            }

            stop.Check();
        }

        PassOnWhatIsThere();
    }

    /// <summary>Passes on what can be read now, and waits for nothing.</summary>
    public void PassOnWhatIsThere()
    {
        bool[] left;
        do
        {
            left = Descriptors.WaitReadable([stdout, stderr], TimeSpan.Zero);
            PassOn(left);
        }
        while (left[0] || left[1]);
    }

    private void PassOn(bool[] ready)
    {
        if (ready[0])
        {
            stdout = PassOn(OutputStream.Stdout, stdout!);
        }

        if (ready[1])
        {
            stderr = PassOn(OutputStream.Stderr, stderr!);
        }
    }

    /// <summary>A terminal that no program has any more answers with an error.</summary>
    private int ReadOrEnd(SafeHandle pipe)
    {
        try
        {
            return Descriptors.Read(pipe, buffer);
        }
        catch (LinuxException e) when (e.Errno == Errno.EIO)
        {
            return 0;
        }
    }

    private SafeHandle? PassOn(OutputStream stream, SafeHandle pipe)
    {
        var count = ReadOrEnd(pipe);
        if (count == 0)
        {
            return null;
        }

        output(stream, buffer.AsMemory(0, count));
        return pipe;
    }
}
