using Builder.Diagnostics;

namespace Builder.Containers;

/// <summary>The codes of this room: 12xx blames the step or the image it runs on, 505x the machine.</summary>
public static class ContainersErrors
{
    /// <summary>The program of the step is not in the image (a shell would exit with 127).</summary>
    public static readonly ErrorCode ProgramNotFound = new(1200);

    /// <summary>The program of the step is there but cannot be executed (a shell would exit with 126).</summary>
    public static readonly ErrorCode ProgramNotExecutable = new(1201);

    /// <summary>The user or group of the step cannot be resolved.</summary>
    public static readonly ErrorCode UnknownUser = new(1202);

    /// <summary>The working directory of the step cannot be entered.</summary>
    public static readonly ErrorCode WorkingDirectory = new(1203);

    /// <summary>A mount target is impossible in this root file system, or not allowed.</summary>
    public static readonly ErrorCode MountTarget = new(1204);

    /// <summary>Arguments or environment that no process can be given.</summary>
    public static readonly ErrorCode InvalidProcess = new(1205);

    /// <summary>What was asked for needs a container that runs.</summary>
    public static readonly ErrorCode NotRunning = new(1223);

    /// <summary>A resource limit that is none: an unknown resource, or no number.</summary>
    public static readonly ErrorCode InvalidLimit = new(2061);

    /// <summary>The kernel refused one operation of setting up the container.</summary>
    public static readonly ErrorCode SetUp = new(5050);

    /// <summary>The kernel refused to make the namespaces.</summary>
    public static readonly ErrorCode Namespaces = new(5051);

    /// <summary>A user or group id has no place in the user namespace.</summary>
    public static readonly ErrorCode UnmappedId = new(5052);

    /// <summary>This machine's resolv.conf is of no use to a container.</summary>
    public static readonly ErrorCode ResolvConf = new(5053);

    /// <summary>A capability that was asked for by name is not Builder's to give.</summary>
    public static readonly ErrorCode MissingCapability = new(5206);

    /// <summary>A label of a security module that this machine does not have, or does not know.</summary>
    public static readonly ErrorCode SecurityLabel = new(5207);

    /// <summary>A private network cannot be had on this machine.</summary>
    public static readonly ErrorCode PrivateNetwork = new(5208);

    /// <summary>An OCI runtime that is not on this machine.</summary>
    public static readonly ErrorCode NoRuntime = new(5245);

    /// <summary>An OCI runtime has refused or failed to run a container.</summary>
    public static readonly ErrorCode RuntimeFailed = new(5246);

    /// <summary>A running container cannot be written to files, or made of them again.</summary>
    public static readonly ErrorCode Checkpoint = new(5247);

    /// <summary>A port to publish that is none.</summary>
    public static readonly ErrorCode InvalidPort = new(2091);

    /// <summary>What is Builder's own runtime's to do, and no other's.</summary>
    public static readonly ErrorCode NotWithRuntime = new(2090);

    /// <summary>A limit on memory, processors or processes that is none.</summary>
    public static readonly ErrorCode InvalidResource = new(2070);

    /// <summary>A security option, a capability or a kind of namespace that there is not.</summary>
    public static readonly ErrorCode InvalidSecurityOption = new(2071);

    /// <summary>A name server, search domain or resolver option that is none.</summary>
    public static readonly ErrorCode InvalidNameServer = new(2072);
}
