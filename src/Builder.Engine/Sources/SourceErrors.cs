using Builder.Diagnostics;

namespace Builder.Engine.Sources;

/// <summary>What can go wrong while a build gets its bytes: contexts, downloads, repositories.</summary>
public static class SourceErrors
{
    /// <summary>A file of the build context changed while the build read it.</summary>
    public static readonly ErrorCode ContextChanged = new(1030);

    /// <summary>What was downloaded has another digest than the Dockerfile asks for.</summary>
    public static readonly ErrorCode DigestMismatch = new(1031);

    /// <summary>A branch, tag or commit is another commit than the Dockerfile asks for.</summary>
    public static readonly ErrorCode CommitMismatch = new(1032);

    /// <summary>A build context that is no archive, or a broken one, or one that is too big.</summary>
    public static readonly ErrorCode BadContext = new(1033);

    /// <summary>A repository, or a submodule of one, that cannot or may not be checked out.</summary>
    public static readonly ErrorCode BadRepository = new(1034);

    /// <summary>Standard input is asked for twice, or has nothing in it.</summary>
    public static readonly ErrorCode StandardInput = new(2066);

    /// <summary>A kind of context that does not exist.</summary>
    public static readonly ErrorCode UnsupportedContext = new(2067);

    /// <summary>A server answered a download with a status that is no success.</summary>
    public static readonly ErrorCode DownloadRefused = new(4050);

    /// <summary>No connection, or one that broke again on every attempt to go on.</summary>
    public static readonly ErrorCode DownloadFailed = new(4051);

    /// <summary>A redirect in circles, to something that is not HTTP, from https to http, or into this machine.</summary>
    public static readonly ErrorCode UnsafeRedirect = new(4052);

    /// <summary>A download is bigger than a build takes.</summary>
    public static readonly ErrorCode DownloadTooBig = new(4053);

    /// <summary>A server that neither answers nor goes on sending.</summary>
    public static readonly ErrorCode DownloadTimeout = new(4054);

    /// <summary>The program <c>git</c> is not installed.</summary>
    public static readonly ErrorCode NoGit = new(4060);

    /// <summary><c>git</c> could not read a remote repository.</summary>
    public static readonly ErrorCode GitFailed = new(4061);

    /// <summary>A remote repository has no such branch, tag, commit or folder.</summary>
    public static readonly ErrorCode NoSuchReference = new(4062);

    /// <summary>The server of a repository sends nothing, or is never done.</summary>
    public static readonly ErrorCode GitSilent = new(4070);

    /// <summary>A repository is bigger than a build takes.</summary>
    public static readonly ErrorCode GitTooBig = new(4071);
}
