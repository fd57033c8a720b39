using System.Collections.Immutable;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Grammar;

/// <summary>How a flag may be written.</summary>
internal enum FlagKind
{
    /// <summary><c>--name</c>, <c>--name=true</c> or <c>--name=false</c>, once.</summary>
    Boolean,

    /// <summary><c>--name=value</c>, once.</summary>
    Text,

    /// <summary><c>--name=value</c>, as often as wanted.</summary>
    List,
}

internal readonly record struct FlagDefinition(string Name, FlagKind Kind);

/// <summary>The flags of one instruction, checked against the ones that it has.</summary>
internal sealed class Flags
{
    private readonly Dictionary<string, List<Word>> values = new(StringComparer.Ordinal);

    /// <exception cref="DockerfileException">A flag is unknown, repeated, or has no or a wrong value.</exception>
    public static Flags Read(InstructionText text, IEnumerable<Token> words, ReadOnlySpan<FlagDefinition> definitions)
    {
        var flags = new Flags();
        foreach (var token in words)
        {
            flags.Add(text, token, definitions);
        }

        return flags;
    }

    public Word? Text(string name) => values.TryGetValue(name, out var found) ? found[0] : null;

    public ImmutableArray<Word> List(string name) => values.TryGetValue(name, out var found) ? [.. found] : [];

    /// <summary>Null when the flag was not given.</summary>
    public bool? Boolean(string name) =>
        Text(name) is { } value ? !value.Text.Equals("false", StringComparison.OrdinalIgnoreCase) : null;

    private void Add(InstructionText text, Token token, ReadOnlySpan<FlagDefinition> definitions)
    {
        var flag = FlagGrammar.Decode(token.SpanOf(text.Line.Text), text.Escape)[2..];
        var span = text.Line.SpanOf(token.Start, token.End);
        var equals = flag.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? flag : flag[..equals];
        var kind = Find(text, name, definitions, span);
        var known = values.TryGetValue(name, out var list);
        if (known && kind != FlagKind.List)
        {
            throw text.Error(DockerfileErrors.InvalidFlag, $"duplicate flag specified: --{name}", span);
        }

        if (kind == FlagKind.Boolean ? flag.EndsWith('=') && equals == flag.Length - 1 : equals < 0)
        {
            throw text.Error(DockerfileErrors.InvalidFlag, $"missing a value on flag: --{name}", span);
        }

        var value = equals < 0 ? string.Empty : flag[(equals + 1)..];
        if (kind == FlagKind.Boolean && value.ToLowerInvariant() is not ("" or "true" or "false"))
        {
            throw text.Error(
                DockerfileErrors.InvalidFlag, $"expecting boolean value for flag --{name}, not: {value}", span);
        }

        if (!known)
        {
            values.Add(name, list = []);
        }

        list!.Add(new Word(value, ValueSpan(text, token, span)));
    }

    private static FlagKind Find(InstructionText text, string name, ReadOnlySpan<FlagDefinition> definitions, SourceSpan span)
    {
        var names = new List<string>(definitions.Length);
        foreach (var definition in definitions)
        {
            if (definition.Name == name)
            {
                return definition.Kind;
            }

            names.Add(definition.Name);
        }

        var near = Suggestions.Nearest(name, names);
        var suggestion = near is null ? string.Empty : $" (did you mean {near}?)";
        throw text.Error(DockerfileErrors.InvalidFlag, $"unknown flag: --{name}{suggestion}", span);
    }

    private static SourceSpan ValueSpan(InstructionText text, Token token, SourceSpan span)
    {
        var equals = token.SpanOf(text.Line.Text).IndexOf('=');
        return equals < 0 ? span : text.Line.SpanOf(token.Start + equals + 1, token.End);
    }
}
