using System.Net.Http.Headers;

namespace Builder.Registry.Authentication;

/// <summary>
/// One way to log in, as a server's <c>WWW-Authenticate</c> offers it (RFC 9110 §11.6.1): a scheme and its parameters, with
/// names in lower case.
/// </summary>
internal sealed record Challenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    public bool IsBearer => Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase);

    public bool IsBasic => Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase);

    public string? this[string name] => Parameters.GetValueOrDefault(name);

    /// <summary>The best offer of an answer: tokens before passwords; null when there is none that we can take.</summary>
    public static Challenge? Choose(HttpResponseHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("WWW-Authenticate", out var values))
        {
            return null;
        }

        var offers = values.SelectMany(Parse).ToList();
        return offers.Find(offer => offer.IsBearer && offer["realm"] is { Length: > 0 }) ?? offers.Find(offer => offer.IsBasic);
    }

    /// <summary>
    /// Reads every challenge of one header value. Servers leave out quotes and spaces, and put several challenges into one
    /// header; what cannot be understood ends the reading without an error, because what came before may do.
    /// </summary>
    public static IReadOnlyList<Challenge> Parse(string header)
    {
        var challenges = new List<Challenge>();
        Dictionary<string, string>? current = null;
        var reader = new HeaderReader(header);
        while (true)
        {
            reader.SkipSeparators();
            var word = reader.Token();
            if (word.Length == 0)
            {
                return challenges;
            }

            if (current is not null && reader.TryEquals())
            {
                current[word.ToLowerInvariant()] = reader.Value();
                continue;
            }

            current = new Dictionary<string, string>(StringComparer.Ordinal);
            challenges.Add(new Challenge(word, current));
        }
    }
}
