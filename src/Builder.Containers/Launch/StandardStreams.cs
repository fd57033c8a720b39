using Builder.Linux.Script;

namespace Builder.Containers.Launch;

/// <summary>What a process in a container reads and writes: a terminal of the container's own, or pipes.</summary>
internal static class StandardStreams
{
    /// <param name="insideContainer">Whether the script is in the container's own root by now, whose terminals are its own; else the machine's are in sight.</param>
    public static void Connect(SyscallScript script, ContainerSpec spec, ContainerPipes pipes, bool insideContainer = true)
    {
        if (pipes.Terminal is { } terminal)
        {
            ConnectTerminal(script, spec, script.OpenTerminal(terminal, insideContainer ? "/dev/pts/ptmx" : "/dev/ptmx"));
            return;
        }

        if (spec.Stdin is { } given)
        {
            script.Duplicate(script.Descriptor(given), 0);
        }
        else
        {
            // The container's own, so that no file of the host is held.
            script.OpenForReading("/dev/null", out var nothing);
            script.Duplicate(nothing, 0);
        }

        script.Duplicate(script.Descriptor(pipes.Stdout.Writer), 1);
        script.Duplicate(script.Descriptor(pipes.Stderr.Writer), 2);

        // Opening /dev/stdout again asks for permission on the pipe.
        script.ChangeOwner(1, spec.User.Uid, "chown of standard output").MayFail();
        script.ChangeOwner(2, spec.User.Uid, "chown of standard error").MayFail();
    }

    private static void ConnectTerminal(SyscallScript script, ContainerSpec spec, ScriptVariable peer)
    {
        foreach (var stream in (ReadOnlySpan<int>)[0, 1, 2])
        {
            script.Duplicate(peer, stream);
        }

        script.ChangeOwner(0, spec.User.Uid, "chown of the terminal").MayFail();
    }
}
