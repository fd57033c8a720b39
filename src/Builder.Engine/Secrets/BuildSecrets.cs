using System.Text;
using Builder.Diagnostics;

namespace Builder.Engine.Secrets;

/// <summary>
/// The secrets of one build. A value is read when a step asks for it and kept nowhere: what is written down anywhere about a
/// secret is its id.
/// </summary>
internal sealed class BuildSecrets
{
    /// <summary>As much as BuildKit takes.</summary>
    private const int MaxSize = 500 << 10;

    private readonly Dictionary<string, SecretSpec> specs = new(StringComparer.Ordinal);
    private readonly Func<string, string?> variableOf;

    /// <param name="variableOf">Reads Builder's own environment.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.InvalidSecret"/>: a file is missing or too large.</exception>
    public BuildSecrets(IEnumerable<SecretSpec> secrets, Func<string, string?> variableOf)
    {
        this.variableOf = variableOf;
        foreach (var secret in secrets)
        {
            if (secret.File is { } file)
            {
                Check(secret.Id, file);
            }

            specs[secret.Id] = secret;
        }
    }

    /// <summary>The value; null for an id that the user gave nothing for, or a variable that is not set.</summary>
    public byte[]? Find(string id)
    {
        if (!specs.TryGetValue(id, out var secret))
        {
            return null;
        }

        if (secret.Variable is { } name)
        {
            return variableOf(name) is { } text ? Encoding.UTF8.GetBytes(text) : null;
        }

        Check(id, secret.File!);
        using var stream = File.OpenRead(secret.File!);
        var value = new byte[MaxSize];
        var length = stream.ReadAtLeast(value, MaxSize, throwOnEndOfStream: false);
        return value[..length];
    }

    private static void Check(string id, string path)
    {
        var file = new FileInfo(path);
        var problem = Directory.Exists(path) ? "is a folder"
            : !file.Exists ? "does not exist"
            : file.Length > MaxSize ? $"has {file.Length} bytes, more than the {MaxSize} that a secret may have"
            : null;
        if (problem is not null)
        {
            throw new BuilderException(EngineErrors.InvalidSecret, $"the file {path} of secret '{id}' {problem}", "give it as --secret id=NAME,src=FILE, or as id=NAME,env=VARIABLE");
        }
    }
}
