using Builder.Diagnostics;

namespace Builder.Cli.Containers;

/// <summary>The keys that end an attachment and leave the container alone, as <c>ctrl-p,ctrl-q</c>; none for an empty text.</summary>
internal sealed class DetachKeys
{
    public const string Default = "ctrl-p,ctrl-q";
    private readonly byte[] keys;
    private int matched;

    /// <exception cref="BuilderException"><see cref="CliErrors.Usage"/>.</exception>
    public DetachKeys(string text) => keys = [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    /// <summary>Looks for the keys in what was typed, also when they come one by one.</summary>
    /// <param name="typed">What is for the container: all but the keys, which it sees only if other keys follow.</param>
    public bool Find(ReadOnlySpan<byte> bytes, out byte[] typed)
    {
        var passed = new List<byte>(bytes.Length);
        foreach (var key in bytes)
        {
            if (keys.Length > 0 && key == keys[matched])
            {
                if (++matched == keys.Length)
                {
                    matched = 0;
                    typed = [.. passed];
                    return true;
                }

                continue;
            }

            passed.AddRange(keys[..matched]);
            matched = keys.Length > 0 && key == keys[0] ? 1 : 0;
            if (matched == 0)
            {
                passed.Add(key);
            }
        }

        typed = [.. passed];
        return false;
    }

    private static byte Parse(string key) => key switch
    {
        [var letter] when letter is > ' ' and < '\x7f' => (byte)letter,
        ['c', 't', 'r', 'l', '-', var letter] when char.IsAsciiLetter(letter) => (byte)(char.ToLowerInvariant(letter) - 'a' + 1),
        "ctrl-@" => 0,
        "ctrl-[" => 27,
        "ctrl-\\" => 28,
        "ctrl-]" => 29,
        "ctrl-^" => 30,
        "ctrl-_" => 31,
        _ => throw new BuilderException(CliErrors.Usage, $"--detach-keys: '{key}' is no key", "write keys as ctrl-p,ctrl-q or single characters"),
    };
}
