using System.Security.Cryptography;

namespace Builder.Engine.Containers.Working;

/// <summary>Names for containers that people can say and type.</summary>
internal static class RandomNames
{
    private static readonly string[] Manners =
    [
        "able", "brisk", "calm", "deft", "early", "fair", "glad", "happy", "ideal", "jolly", "keen", "light", "merry", "neat", "open", "proud",
        "quick", "ready", "sound", "tidy", "upbeat", "vivid", "warm", "young", "zesty", "bold", "civil", "eager", "frank", "gentle", "honest", "kind",
    ];

    private static readonly string[] Trades =
    [
        "baker", "carver", "dyer", "etcher", "fuller", "glazier", "hatter", "joiner", "kilner", "limner", "mason", "nailer", "potter", "quarrier",
        "roofer", "smith", "tiler", "turner", "weaver", "wright", "binder", "cooper", "draper", "founder", "gilder", "plumber", "saddler", "tanner",
    ];

    public static string Next(Func<string, bool> isTaken)
    {
        var name = $"{Any(Manners)}_{Any(Trades)}";
        for (var attempt = 0; isTaken(name); attempt++)
        {
            name = $"{Any(Manners)}_{Any(Trades)}{RandomNumberGenerator.GetInt32(10 + (attempt * 100))}";
        }

        return name;
    }

    private static string Any(string[] words) => words[RandomNumberGenerator.GetInt32(words.Length)];
}
