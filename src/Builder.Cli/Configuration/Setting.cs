namespace Builder.Cli.Configuration;

/// <summary>A value that an option has without being written in the line.</summary>
/// <param name="Option">With its dashes.</param>
/// <param name="Values">More than one for an option that may be repeated.</param>
/// <param name="Origin">The variable or file that says so.</param>
internal sealed record Setting(string Option, IReadOnlyList<string> Values, string Origin);
