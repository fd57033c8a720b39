using Builder.Diagnostics;
using Builder.Engine.Options;

namespace Builder.Engine.Secrets;

/// <summary>One <c>--secret</c>: where the value of an id is, never the value.</summary>
/// <param name="File">Path of a file; null for an environment variable.</param>
/// <param name="Variable">Name of a variable of Builder's own environment; null for a file.</param>
public sealed record SecretSpec(string Id, string? File, string? Variable)
{
    private const string WayOut = "write it as id=NAME,src=FILE or id=NAME,env=VARIABLE";

    /// <summary>
    /// <c>id=NAME[,type=file|env][,src=FILE|,env=VARIABLE]</c>, as Docker reads it: without a source, the variable of that name
    /// if there is one, else the file of that name; with <c>type=env</c>, <c>src</c> names the variable.
    /// </summary>
    /// <param name="hasVariable">Whether the environment has a variable of this name.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.InvalidSecret"/>.</exception>
    public static SecretSpec Parse(string text, Func<string, bool> hasVariable)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(hasVariable);
        string? id = null, file = null, variable = null, type = null;
        foreach (var (key, value) in OptionFields.Parse(text))
        {
            switch (key)
            {
                case "id":
                    id = value;
                    break;
                case "type" when value is "file" or "env":
                    type = value;
                    break;
                case "type":
                    throw Invalid($"unsupported secret type '{value}'");
                case "source" or "src":
                    file = value;
                    break;
                case "env":
                    variable = value;
                    break;
                default:
                    throw Invalid(key.Length == 0 ? $"'{value}' is not a key=value pair" : $"unexpected key '{key}'");
            }
        }

        if (string.IsNullOrEmpty(id))
        {
            throw Invalid($"a secret without id");
        }

        if (type == "env" && string.IsNullOrEmpty(variable))
        {
            (variable, file) = (file, null);
        }

        if (file is not null && variable is not null)
        {
            throw Invalid($"secret '{id}' has both a file and a variable");
        }

        return (file, variable) switch
        {
            ({ Length: > 0 }, null) => new SecretSpec(id, file, null),
            (null, { Length: > 0 }) => new SecretSpec(id, null, variable),
            _ => type != "file" && hasVariable(id) ? new SecretSpec(id, null, id) : new SecretSpec(id, id, null),
        };
    }

    private static BuilderException Invalid(string what) => new(EngineErrors.InvalidSecret, $"--secret: {what}", WayOut);
}
