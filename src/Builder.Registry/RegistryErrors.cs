using Builder.Diagnostics;

namespace Builder.Registry;

/// <summary>What can go wrong between here and a registry.</summary>
public static class RegistryErrors
{
    /// <summary>Nobody answers at the address: refused, no route, or too slow to connect.</summary>
    public static readonly ErrorCode Unreachable = new(4001);

    /// <summary>The host name has no address.</summary>
    public static readonly ErrorCode UnknownHost = new(4002);

    /// <summary>No trusted TLS connection could be made.</summary>
    public static readonly ErrorCode Tls = new(4003);

    /// <summary>The answer is not one that a registry gives (a captive portal, a web page, a proxy).</summary>
    public static readonly ErrorCode NotARegistry = new(4004);

    /// <summary>401: credentials are missing or wrong.</summary>
    public static readonly ErrorCode Unauthorized = new(4005);

    /// <summary>403: known, and not allowed.</summary>
    public static readonly ErrorCode Denied = new(4006);

    /// <summary>404: no such repository, tag, manifest or blob, or none that may be seen.</summary>
    public static readonly ErrorCode NotFound = new(4007);

    /// <summary>429, for longer than it is sensible to wait.</summary>
    public static readonly ErrorCode TooManyRequests = new(4008);

    /// <summary>The registry reports an error of its own, or one that has no code of ours.</summary>
    public static readonly ErrorCode Failed = new(4009);

    /// <summary>The bytes that came are not the bytes that were asked for: wrong digest or size.</summary>
    public static readonly ErrorCode WrongContent = new(4010);

    /// <summary>A manifest or index that contradicts its type, is too large, or is of a kind that cannot be read.</summary>
    public static readonly ErrorCode InvalidManifest = new(4011);

    /// <summary>The image exists, but not for the platform that was asked for.</summary>
    public static readonly ErrorCode NoMatchingPlatform = new(4012);

    /// <summary>A redirect or a token server that must not be followed.</summary>
    public static readonly ErrorCode RefusedRedirect = new(4013);

    /// <summary>The token server does not hand out a usable token.</summary>
    public static readonly ErrorCode Token = new(4014);

    /// <summary>The connection broke, and broke again on every attempt to go on.</summary>
    public static readonly ErrorCode ConnectionLost = new(4015);

    /// <summary>A file of logins that cannot be read or written.</summary>
    public static readonly ErrorCode CredentialFile = new(4016);

    /// <summary>A credential helper that is not there, fails, or answers nonsense.</summary>
    public static readonly ErrorCode CredentialHelper = new(4017);

    /// <summary>A certificate or key for a registry that cannot be used.</summary>
    public static readonly ErrorCode Certificate = new(4018);

    /// <summary>A configuration of registries or mirrors that cannot be used.</summary>
    public static readonly ErrorCode Configuration = new(4019);

    /// <summary>The configuration forbids this registry.</summary>
    public static readonly ErrorCode Blocked = new(4020);

    /// <summary>The registry does not take a blob, in none of the ways that there are.</summary>
    public static readonly ErrorCode UploadRefused = new(4035);

    /// <summary>An upload broke, or was lost by the registry, more often than it makes sense to begin again.</summary>
    public static readonly ErrorCode UploadFailed = new(4036);

    /// <summary>The registry does not take a manifest: too old, a policy, or a part of the image is missing there.</summary>
    public static readonly ErrorCode ManifestRefused = new(4037);

    /// <summary>405: the registry is read-only, or does not do what was asked.</summary>
    public static readonly ErrorCode ReadOnly = new(4038);

    /// <summary>413 or 507: a limit of size or a quota.</summary>
    public static readonly ErrorCode NoRoom = new(4039);

    /// <summary>The registry does not delete, or not by what was named.</summary>
    public static readonly ErrorCode NoDeletion = new(4040);

    /// <summary>The tag that stands in for the referrers API is used for something else, or others change it all the time.</summary>
    public static readonly ErrorCode ReferrersTag = new(4041);
}
