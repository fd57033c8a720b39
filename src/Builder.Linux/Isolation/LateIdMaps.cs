using Builder.Diagnostics;
using Builder.Linux.Processes;

namespace Builder.Linux.Isolation;

/// <summary>
/// The ids of a user namespace that a script enters on its way (<see cref="Script.SyscallScript.EnterUserNamespace"/>). Only an
/// outsider can give them, and only once the namespace exists: the two tell one another by pipes.
/// </summary>
public sealed class LateIdMaps(IdMap users, IdMap groups) : IDisposable
{
    /// <summary>The same ids as in this process's own namespace, each mapped onto itself.</summary>
    public static LateIdMaps SameAs(UserNamespace parent)
    {
        ArgumentNullException.ThrowIfNull(parent);
        return new LateIdMaps(parent.Users.Identity(), parent.Groups.Identity());
    }

    internal Pipe Entered { get; } = Pipe.Create();

    internal Pipe Mapped { get; } = Pipe.Create();

    /// <summary>Waits until the process is in its namespace and maps its ids; does nothing when it ends before that.</summary>
    /// <exception cref="BuilderException"><see cref="LinuxErrors.IdMap"/>.</exception>
    public void Write(int processId)
    {
        // The child has a copy by now: with ours closed, its death is the end of the pipe.
        Entered.Writer.Dispose();
        Span<byte> message = stackalloc byte[1];
        if (Descriptors.Read(Entered.Reader, message) == 0)
        {
            return;
        }

        try
        {
            File.WriteAllText($"/proc/{processId}/uid_map", users.ToString());
            File.WriteAllText($"/proc/{processId}/gid_map", groups.ToString());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(LinuxErrors.IdMap, $"the kernel does not accept the ids of the container's user namespace: {exception.Message}", inner: exception);
        }

        Descriptors.Signal(Mapped.Writer);
    }

    public void Dispose()
    {
        Entered.Dispose();
        Mapped.Dispose();
    }
}
