namespace Builder.Cli.Displays;

/// <summary>How long ago something was, in the words that Docker uses.</summary>
internal static class Ages
{
    public static string Format(DateTimeOffset? moment, DateTimeOffset now)
    {
        // Docker's way of saying that a time is only a stand-in.
        if (moment is not { } then || then.Year <= 2000)
        {
            return "N/A";
        }

        var age = now - then;
        return age.TotalSeconds switch
        {
            < 1 => "Less than a second ago",
            < 2 => "1 second ago",
            < 60 => $"{(int)age.TotalSeconds} seconds ago",
            < 120 => "About a minute ago",
            < 3600 => $"{(int)age.TotalMinutes} minutes ago",
            < 5400 => "About an hour ago",
            < 48 * 3600 => $"{(int)Math.Round(age.TotalHours)} hours ago",
            < 14 * 86400 => $"{(int)age.TotalDays} days ago",
            < 60 * 86400 => $"{(int)age.TotalDays / 7} weeks ago",
            < 730 * 86400L => $"{(int)age.TotalDays / 30} months ago",
            _ => $"{(int)age.TotalDays / 365} years ago",
        };
    }
}
