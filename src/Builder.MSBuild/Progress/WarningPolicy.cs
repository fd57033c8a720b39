namespace Builder.MSBuild.Progress;

/// <summary>
/// What a project says about warnings. MSBuild applies <c>NoWarn</c> and <c>WarningsAsErrors</c> to what a task logs; here it is only
/// asked which build checks will become errors, to find them before anything is built and pushed.
/// </summary>
internal sealed record WarningPolicy(bool TreatWarningsAsErrors, IReadOnlyList<string> AsErrors, IReadOnlyList<string> NotAsErrors, IReadOnlyList<string> Silent)
{
    /// <param name="asErrors">Codes between semicolons, commas or blanks.</param>
    public static WarningPolicy Of(bool treatWarningsAsErrors, string asErrors, string notAsErrors, string silent) =>
        new(treatWarningsAsErrors, Codes(asErrors), Codes(notAsErrors), Codes(silent));

    /// <summary>Whether any warning can be an error.</summary>
    public bool CanRaise => TreatWarningsAsErrors || AsErrors.Any(code => code.StartsWith("BLD", StringComparison.OrdinalIgnoreCase));

    public bool IsError(string code) => !Has(Silent, code) && !Has(NotAsErrors, code) && (TreatWarningsAsErrors || Has(AsErrors, code));

    private static bool Has(IReadOnlyList<string> codes, string code) => codes.Contains(code, StringComparer.OrdinalIgnoreCase);

    private static string[] Codes(string text) => text.Split([';', ',', ' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries);
}
