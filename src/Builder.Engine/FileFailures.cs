using Builder.Diagnostics;

namespace Builder.Engine;

/// <summary>What .NET throws when the operating system refuses a file, as an error that a user is meant to read.</summary>
public static class FileFailures
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    public static BuilderException Explain(Exception refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        var full = (refusal.HResult & 0xffff) is NoSpace or QuotaExceeded;
        return new BuilderException(
            EngineErrors.FileAccess,
            full ? "no space left on device" : Sentence(refusal.Message),
            full ? "free some disk space, or choose a store on another disk with BUILDER_ROOT" : null);
    }

    private static string Sentence(string text) =>
        text.Length > 1 && char.IsUpper(text[0]) && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..].TrimEnd('.') : text.TrimEnd('.');
}
