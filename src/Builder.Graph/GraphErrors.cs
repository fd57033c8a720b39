using Builder.Diagnostics;

namespace Builder.Graph;

/// <summary>What can be wrong with a Dockerfile once it parses: only stages that the target needs are looked at.</summary>
public static class GraphErrors
{
    /// <summary><c>--target</c> names no stage.</summary>
    public static readonly ErrorCode UnknownTarget = new(3100);

    /// <summary>A stage needs itself.</summary>
    public static readonly ErrorCode CircularDependency = new(3101);

    /// <summary><c>--from</c> or a mount names a stage that comes later, or an index that is no earlier stage.</summary>
    public static readonly ErrorCode InvalidStageReference = new(3102);

    /// <summary>What FROM names is blank, or cannot be an image.</summary>
    public static readonly ErrorCode InvalidBase = new(3103);

    /// <summary>A platform that is blank or malformed, or that nothing here can build for.</summary>
    public static readonly ErrorCode InvalidPlatform = new(3104);

    /// <summary>A source of COPY or ADD that the instruction cannot take.</summary>
    public static readonly ErrorCode InvalidSource = new(3105);

    /// <summary>A <c>--chown</c> that cannot be followed.</summary>
    public static readonly ErrorCode InvalidOwner = new(3106);

    /// <summary>A <c>--chmod</c> that is neither octal nor symbolic.</summary>
    public static readonly ErrorCode InvalidMode = new(3107);

    /// <summary>A <c>--checksum</c> that does not fit its source.</summary>
    public static readonly ErrorCode InvalidChecksum = new(3108);

    /// <summary>A port, signal or volume that is none.</summary>
    public static readonly ErrorCode InvalidConfig = new(3109);

    /// <summary>A RUN without a command, or with a mount that cannot be made.</summary>
    public static readonly ErrorCode InvalidRun = new(3110);

    /// <summary>A SOURCE_DATE_EPOCH that is no time.</summary>
    public static readonly ErrorCode InvalidEpoch = new(3111);

    /// <summary>Build checks found something, and <c>check=error=true</c> makes it an error.</summary>
    public static readonly ErrorCode ChecksFailed = new(3301);

    /// <summary>A comment <c># builder:</c> that says something unknown, or an age that is none.</summary>
    public static readonly ErrorCode InvalidDirective = new(2021);

    /// <summary>A serialised graph that is malformed or contradicts itself.</summary>
    public static readonly ErrorCode InvalidGraph = new(3112);
}
