namespace Builder.Cli.Displays;

/// <summary>How long something has been so, in the words that Docker uses: an age without its <c>ago</c>.</summary>
internal static class Spans
{
    private const string Ago = " ago";

    public static string Format(DateTimeOffset? since, DateTimeOffset now)
    {
        var age = Ages.Format(since, now);
        return age.EndsWith(Ago, StringComparison.Ordinal) ? age[..^Ago.Length] : age;
    }
}
