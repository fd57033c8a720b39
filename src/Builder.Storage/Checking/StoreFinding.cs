namespace Builder.Storage.Checking;

/// <summary>What a check of the store came upon.</summary>
public enum FindingKind
{
    /// <summary>Something is not what it should be.</summary>
    Damage,

    /// <summary>Something whole that nothing refers to; the next collection removes it.</summary>
    Orphan,
}

/// <param name="Subject">What it is about: <c>blob sha256:…</c>, <c>snapshot …</c>, <c>image app:latest</c>, …</param>
/// <param name="Message">What is wrong with it.</param>
/// <param name="Repair">What was done about it, or what the user can do; null when there was nothing to do.</param>
/// <param name="IsRepaired">Whether it is in order now.</param>
public sealed record StoreFinding(FindingKind Kind, string Subject, string Message, string? Repair, bool IsRepaired);

/// <summary>What has been checked, and what was found.</summary>
public sealed record StoreCheckReport(int Images, int Blobs, long BlobBytes, int Snapshots, int Promises, int Steps, IReadOnlyList<StoreFinding> Findings)
{
    /// <summary>No damage is left.</summary>
    public bool IsClean => Findings.All(finding => finding.Kind == FindingKind.Orphan || finding.IsRepaired);
}
