using System.Text.Json;
using System.Text.Json.Serialization;

namespace Builder.Registry.Content;

/// <summary>The answer of a token server; older ones say <c>token</c>, newer ones <c>access_token</c>.</summary>
internal sealed record TokenAnswer
{
    [JsonPropertyName("token")]
    public string? Token { get; init; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    /// <summary>Seconds; some servers write a fraction.</summary>
    [JsonPropertyName("expires_in")]
    public double? ExpiresIn { get; init; }
}

/// <summary>A login as credential helpers take and give it.</summary>
internal sealed record HelperLogin
{
    [JsonPropertyName("ServerURL")]
    public string? ServerUrl { get; init; }

    [JsonPropertyName("Username")]
    public string? UserName { get; init; }

    [JsonPropertyName("Secret")]
    public string? Secret { get; init; }

    /// <summary>Never the secret: this text ends up in logs.</summary>
    public override string ToString() => $"{UserName}:***";
}

/// <summary>A page of tags (distribution-spec, "Listing Tags"); an empty repository may have null.</summary>
internal sealed record TagList
{
    [JsonPropertyName("tags")]
    public IReadOnlyList<string>? Tags { get; init; }
}

/// <summary>The body of a failure (distribution-spec, "Error Codes").</summary>
internal sealed record ErrorAnswer
{
    [JsonPropertyName("errors")]
    public IReadOnlyList<ErrorEntry>? Errors { get; init; }
}

internal sealed record ErrorEntry
{
    [JsonPropertyName("code")]
    public string? Code { get; init; }

    [JsonPropertyName("message")]
    public string? Message { get; init; }
}

/// <summary>The one field that says what a manifest is.</summary>
internal sealed record TypedDocument
{
    [JsonPropertyName("schemaVersion")]
    public int SchemaVersion { get; init; }

    [JsonPropertyName("mediaType")]
    public string? MediaType { get; init; }
}

[JsonSourceGenerationOptions(MaxDepth = 32)]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(TagList))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(HelperLogin))]
[JsonSerializable(typeof(TypedDocument))]
internal sealed partial class RegistryJson : JsonSerializerContext;
