namespace Builder.Cli.Reports;

/// <summary>What became of a step.</summary>
internal enum StepFate
{
    Running,
    Done,

    /// <summary>Its result was known.</summary>
    Cached,

    /// <summary>Nobody needed its result, because what is made of it was known.</summary>
    Skipped,
    Failed,
    Canceled,
}
