using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Builder.Diagnostics;

namespace Builder.Registry.Authentication.Stores;

/// <summary>
/// Docker's <c>config.json</c> and Podman's <c>auth.json</c>, which share a format: logins under <c>auths</c>, helper programs
/// under <c>credHelpers</c> and <c>credsStore</c>. Whatever else is in it belongs to others and is kept as it is.
/// </summary>
internal sealed class AuthFile
{
    private const int MaxSize = 4 << 20;
    private const string IdentityUser = "<token>";
    private readonly JsonObject root;

    private AuthFile(string name, JsonObject root)
    {
        Name = name;
        this.root = root;
    }

    /// <summary>The file's path, or the variable's name.</summary>
    public string Name { get; }

    private JsonObject? Auths => root["auths"] as JsonObject;

    /// <summary>Null when there is no such file.</summary>
    /// <exception cref="BuilderException"><see cref="RegistryErrors.CredentialFile"/>.</exception>
    public static AuthFile? TryRead(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > MaxSize)
            {
                throw Unusable(path, "it is larger than any file of logins", null);
            }

            using var reader = new StreamReader(stream);
            return Parse(path, reader.ReadToEnd());
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, "it cannot be read", e);
        }
    }

    /// <exception cref="BuilderException"><see cref="RegistryErrors.CredentialFile"/>.</exception>
    public static AuthFile Parse(string name, string json)
    {
        try
        {
            return json.Trim().Length == 0 ? new AuthFile(name, [])
                : JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { MaxDepth = 32 }) is JsonObject root ? new AuthFile(name, root)
                : throw Unusable(name, "it is not a JSON object", null);
        }
        catch (JsonException)
        {
            // Without the parser's message, which may quote what it tripped over.
            throw Unusable(name, "it is not valid JSON", null);
        }
    }

    public static AuthFile Empty(string path) => new(path, []);

    /// <summary>The helper program that holds a registry's login, by its suffix; null when the file itself does.</summary>
    public string? HelperOf(string domain)
    {
        var own = (root["credHelpers"] as JsonObject)?.FirstOrDefault(pair => RegistryKey.Normalize(pair.Key) == domain).Value;
        return Text(own) ?? Text(root["credsStore"]);
    }

    /// <summary>The login in the file for a repository or, failing that, for its registry.</summary>
    public Credential? Find(string domain, string repository) =>
        RegistryKey.Candidates(domain, repository).SelectMany(Entries).Select(Read).OfType<Credential>().FirstOrDefault();

    /// <summary>Files a login, in place of those that the registry had; an entry without one says that a helper has it.</summary>
    public void Set(string domain, Credential? credential)
    {
        Remove(domain);
        var entry = new JsonObject();
        if (credential is { Kind: CredentialKind.IdentityToken })
        {
            entry["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:"));
            entry["identitytoken"] = credential.Secret;
        }
        else if (credential is not null)
        {
            entry["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:{credential.Secret}"));
        }

        var auths = Auths ?? [];
        root["auths"] = auths;
        auths[RegistryKey.Of(domain)] = entry;
    }

    /// <summary>Removes a registry's login, but not those of single repositories. False when it had none.</summary>
    public bool Remove(string domain)
    {
        var keys = Auths?.Where(pair => RegistryKey.Normalize(pair.Key) == domain).Select(pair => pair.Key).ToArray() ?? [];
        foreach (var key in keys)
        {
            Auths!.Remove(key);
        }

        return keys.Length > 0;
    }

    /// <summary>Every registry and repository with an entry of its own.</summary>
    public IEnumerable<string> Registries => Auths?.Select(pair => RegistryKey.Normalize(pair.Key)) ?? [];

    /// <summary>As Docker writes it: indented with a tab.</summary>
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, IndentCharacter = '\t', IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            root.WriteTo(json);
        }

        return buffer.ToArray();
    }

    private IEnumerable<JsonObject> Entries(string candidate) =>
        Auths?.Where(pair => RegistryKey.Normalize(pair.Key) == candidate).Select(pair => pair.Value).OfType<JsonObject>() ?? [];

    private static Credential? Read(JsonObject entry)
    {
        var (user, password) = Decode(Text(entry["auth"])) ?? (Text(entry["username"]), Text(entry["password"]));
        return Text(entry["identitytoken"]) is { } identity ? new Credential(user ?? IdentityUser, identity) { Kind = CredentialKind.IdentityToken }
            : Text(entry["registrytoken"]) is { } token ? new Credential(user ?? IdentityUser, token) { Kind = CredentialKind.RegistryToken }
            : user is not null && password is not null ? new Credential(user, password)
            : null;
    }

    /// <summary>User and password of an <c>auth</c> text; Docker of old padded passwords with zeros.</summary>
    private static (string? User, string? Password)? Decode(string? auth)
    {
        var bytes = new byte[auth?.Length ?? 0];
        if (auth is null || !Convert.TryFromBase64String(auth, bytes, out var length))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon <= 0 ? null : (text[..colon], text[(colon + 1)..].Trim('\0'));
    }

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;

    private static BuilderException Unusable(string name, string why, Exception? inner) =>
        new(RegistryErrors.CredentialFile, $"the file of logins {name} cannot be used: {why}", "mend or move it; 'builder login' writes a new one", inner: inner);
}
