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

    /// <summary>The refresh token that is taken instead of a login; handed out with every token when there is one.</summary>
    public string? RefreshToken { get; set; }

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
        var isPost = request.Method == "POST";
        var form = isPost ? new TestRequest("POST", "?" + Encoding.UTF8.GetString(request.Body).Replace('+', ' '), request.Headers, []) : request;
        var scopes = form.Query("scope").SelectMany(scope => scope.Split(' ')).ToArray();
        if (!(isPost ? IsPosted(form) : Login is null || request["Authorization"] == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Login))))
        {
            return TestResponse.Json(401, """{"errors":[{"code":"UNAUTHORIZED","message":"who are you"}]}""");
        }

        lock (gate)
        {
            var token = "token-" + (granted.Count + 1).ToString(CultureInfo.InvariantCulture) + "-" + Guid.NewGuid().ToString("N");
            granted[token] = (scopes, time.GetUtcNow() + Lifetime);
            var refresh = RefreshToken is null ? "" : $$""","refresh_token":"{{RefreshToken}}" """;
            return TestResponse.Json(200, $$"""{"{{(isPost ? "access_token" : "token")}}":"{{token}}","expires_in":{{(int)Lifetime.TotalSeconds}}{{refresh}}}""");
        }
    }

    public bool Allows(string? authorization, string scope)
    {
        lock (gate)
        {
            return authorization?.StartsWith("Bearer ", StringComparison.Ordinal) == true
                && granted.TryGetValue(authorization[7..], out var token)
                && token.Until > time.GetUtcNow()
                && scope.Split(' ').All(needed => token.Scopes.Any(own => Covers(own, needed)));
        }
    }

    private bool IsPosted(TestRequest form) => form.Query("client_id").Count == 1 && form.Query("grant_type") switch
    {
        ["refresh_token"] => RefreshToken is not null && form.Query("refresh_token") is [var token] && token == RefreshToken,
        ["password"] => Login is not null && form.Query("username") is [var user] && form.Query("password") is [var password] && $"{user}:{password}" == Login,
        _ => false,
    };

    private static bool Covers(string own, string needed)
    {
        var (ownEnd, neededEnd) = (own.LastIndexOf(':'), needed.LastIndexOf(':'));
        return own[..ownEnd] == needed[..neededEnd] && needed[(neededEnd + 1)..].Split(',').All(own[(ownEnd + 1)..].Split(',').Contains);
    }
}
