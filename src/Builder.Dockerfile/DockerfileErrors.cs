using Builder.Diagnostics;

namespace Builder.Dockerfile;

/// <summary>What can be wrong with a Dockerfile. Callers compare codes, people read messages.</summary>
public static class DockerfileErrors
{
    /// <summary>The file is empty, or has no stage.</summary>
    public static readonly ErrorCode NothingToBuild = new(3001);

    /// <summary>An instruction other than ARG comes before the first FROM.</summary>
    public static readonly ErrorCode OutsideStage = new(3002);

    /// <summary>A line starts with a word that is no instruction.</summary>
    public static readonly ErrorCode UnknownInstruction = new(3003);

    /// <summary>A <c># name=value</c> line at the top is repeated or has an impossible value.</summary>
    public static readonly ErrorCode InvalidDirective = new(3004);

    /// <summary>A flag is unknown, repeated, or has no or a wrong value.</summary>
    public static readonly ErrorCode InvalidFlag = new(3005);

    /// <summary>There are too few, too many, or malformed arguments.</summary>
    public static readonly ErrorCode InvalidArguments = new(3006);

    /// <summary>A JSON array is missing, or holds something other than strings.</summary>
    public static readonly ErrorCode InvalidJsonForm = new(3007);

    /// <summary>A here-document has no end, or stands where none may.</summary>
    public static readonly ErrorCode InvalidHeredoc = new(3008);

    /// <summary>The name after AS cannot be a stage's name.</summary>
    public static readonly ErrorCode InvalidStageName = new(3009);

    /// <summary>The options of a <c>RUN --mount</c> contradict each other or do not exist.</summary>
    public static readonly ErrorCode InvalidMount = new(3010);

    /// <summary>An ONBUILD trigger is no single instruction, or one that cannot be a trigger.</summary>
    public static readonly ErrorCode InvalidTrigger = new(3011);

    /// <summary>A variable's substitution or a quote is malformed.</summary>
    public static readonly ErrorCode InvalidSubstitution = new(3012);

    /// <summary><c>${name:?message}</c> found no value.</summary>
    public static readonly ErrorCode VariableRequired = new(3013);

    /// <summary>A wildcard pattern or a line of an ignore file is malformed.</summary>
    public static readonly ErrorCode InvalidPattern = new(3014);

    /// <summary>The file names another front end than that of the Dockerfile language.</summary>
    public static readonly ErrorCode OtherFrontEnd = new(3015);
}
