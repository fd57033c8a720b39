using System.Globalization;
using System.Text;
using Builder.Testing.Http;

namespace Builder.Testing.Registries;

/// <summary>A token server: hands out numbered tokens and knows what each allows and until when.</summary>
public sealed class TestTokens(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (string[] Scopes, DateTimeOffset Until)> granted = new(StringComparer.Ordinal);

    /// <summary><c>user:password</c> that must be shown; null hands out tokens to anybody.</summary>
    public string? Login { get; set; }

    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Forgets every token, as a registry with a new key does.</summary>
    public void Revoke()
    {
        lock (gate)
        {
            granted.Clear();
        }
    }

    public TestResponse Answer(TestRequest request)
    {
        if (Login is not null && request["Authorization"] != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Login)))
        {
            return TestResponse.Json(401, """{"errors":[{"code":"UNAUTHORIZED","message":"who are you"}]}""");
        }

        lock (gate)
        {
            var token = "token-" + (granted.Count + 1).ToString(CultureInfo.InvariantCulture) + "-" + Guid.NewGuid().ToString("N");
            granted[token] = ([.. request.Query("scope")], time.GetUtcNow() + Lifetime);
            return TestResponse.Json(200, $$"""{"token":"{{token}}","expires_in":{{(int)Lifetime.TotalSeconds}}}""");
        }
    }

    public bool Allows(string? authorization, string scope)
    {
        lock (gate)
        {
            return authorization?.StartsWith("Bearer ", StringComparison.Ordinal) == true
                && granted.TryGetValue(authorization[7..], out var token)
                && token.Until > time.GetUtcNow()
                && token.Scopes.Contains(scope);
        }
    }
}
