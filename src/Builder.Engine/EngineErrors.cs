using Builder.Diagnostics;

namespace Builder.Engine;

/// <summary>What can go wrong between a request and its result, beyond what the rooms below say themselves.</summary>
public static class EngineErrors
{
    /// <summary>The command of a RUN step ended with another status than 0.</summary>
    public static readonly ErrorCode StepFailed = new(1001);

    /// <summary>A COPY or ADD names a source that is not there.</summary>
    public static readonly ErrorCode SourceNotFound = new(1002);

    /// <summary>A copied file meets a directory, or the other way round.</summary>
    public static readonly ErrorCode CopyConflict = new(1003);

    /// <summary>A copied archive is broken or wants to leave its destination.</summary>
    public static readonly ErrorCode BadArchive = new(1004);

    /// <summary>The instruction is valid, and this version does not carry it out.</summary>
    public static readonly ErrorCode NotSupported = new(1005);

    /// <summary>The owner of a copy is not in the image.</summary>
    public static readonly ErrorCode UnknownOwner = new(1006);

    /// <summary>A reference names no image in the store.</summary>
    public static readonly ErrorCode NoSuchImage = new(1007);

    /// <summary>An OCI layout or archive on disk is not what it should be.</summary>
    public static readonly ErrorCode BadLayout = new(1008);

    /// <summary>An output cannot be written where the user wants it.</summary>
    public static readonly ErrorCode BadOutput = new(1009);

    /// <summary>There is nothing to run.</summary>
    public static readonly ErrorCode NoCommand = new(1010);

    /// <summary>A step requires a secret that the user did not give.</summary>
    public static readonly ErrorCode SecretMissing = new(1011);

    /// <summary>A step requires an SSH agent that the user did not give.</summary>
    public static readonly ErrorCode SshMissing = new(1012);

    /// <summary>A step asks for more than steps have, and the user did not allow it.</summary>
    public static readonly ErrorCode NotAllowed = new(1013);

    /// <summary>The source of a mount is there but cannot be mounted.</summary>
    public static readonly ErrorCode MountSource = new(1014);

    /// <summary>A step requires a device that this machine does not have.</summary>
    public static readonly ErrorCode DeviceMissing = new(1015);

    /// <summary>An SSH agent does not answer, or does not take a key.</summary>
    public static readonly ErrorCode SshAgent = new(1016);

    /// <summary>A value that no environment variable can have.</summary>
    public static readonly ErrorCode SecretVariable = new(1017);

    /// <summary>A name that no container can have.</summary>
    public static readonly ErrorCode InvalidContainerName = new(2081);

    /// <summary>A value that an option of a container does not take.</summary>
    public static readonly ErrorCode InvalidContainerOption = new(2082);

    /// <summary>The container is in a state in which this cannot be done.</summary>
    public static readonly ErrorCode ContainerState = new(1224);

    /// <summary>What --secret says is no secret.</summary>
    public static readonly ErrorCode InvalidSecret = new(2062);

    /// <summary>What --ssh says is neither an agent nor a key.</summary>
    public static readonly ErrorCode InvalidSsh = new(2063);

    /// <summary>What --allow says is nothing that can be allowed.</summary>
    public static readonly ErrorCode InvalidEntitlement = new(2064);

    /// <summary>What --cache-mount says is no place for a cache.</summary>
    public static readonly ErrorCode InvalidCachePlace = new(2065);

    /// <summary>An image cannot be pushed as it is asked for: a part is nowhere, or the format cannot say it.</summary>
    public static readonly ErrorCode CannotPush = new(1060);

    /// <summary>A layer compresses to other bytes than it did before.</summary>
    public static readonly ErrorCode LayerChanged = new(1061);

    /// <summary>A compression or level that does not exist.</summary>
    public static readonly ErrorCode BadCompression = new(2030);

    /// <summary>A manifest list that is none, or that lacks or already has what was named.</summary>
    public static readonly ErrorCode BadManifestList = new(1062);

    /// <summary>A source or destination of a copy that cannot be understood.</summary>
    public static readonly ErrorCode BadTransport = new(2031);

    /// <summary>An annotation that cannot be understood, or has no place to go.</summary>
    public static readonly ErrorCode BadAnnotation = new(2032);

    /// <summary>The operating system refused to read or write a file: the disk is full, or permission is missing.</summary>
    public static readonly ErrorCode FileAccess = new(5200);

    /// <summary>The Dockerfile is not there or cannot be read.</summary>
    public static readonly ErrorCode NoDockerfile = new(3090);

    /// <summary>A <c>--filter</c>, or a size or moment, that cannot be understood.</summary>
    public static readonly ErrorCode BadFilter = new(2020);

    /// <summary>The build context is not there or is no folder.</summary>
    public static readonly ErrorCode NoContext = new(2060);

    /// <summary>The image is there, but for another platform than the one asked for.</summary>
    public static readonly ErrorCode WrongPlatform = new(1050);

    /// <summary>A base image is not in the store, and --pull=never forbids to ask for it.</summary>
    public static readonly ErrorCode NotPulled = new(1051);

    /// <summary>A <c>--cache-from</c> or <c>--cache-to</c> that names no cache.</summary>
    public static readonly ErrorCode BadCacheSpec = new(2022);

    /// <summary>A cache that was to travel cannot be written.</summary>
    public static readonly ErrorCode CacheNotWritten = new(1018);

    /// <summary>A lock file that is missing, damaged, or cannot be written.</summary>
    public static readonly ErrorCode BadLock = new(2023);

    /// <summary>Something that the Dockerfile takes from outside is not in its lock file.</summary>
    public static readonly ErrorCode NotLocked = new(1019);

    /// <summary>Something is not what the lock file says.</summary>
    public static readonly ErrorCode LockDrift = new(1020);

    /// <summary>Two builds of the same gave two images.</summary>
    public static readonly ErrorCode NotReproducible = new(1021);

    /// <summary>A database of packages in an image that is not what it should be.</summary>
    public static readonly ErrorCode BadDatabase = new(1080);
}
