using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Grammar;

/// <summary><c>FROM [--platform=P] IMAGE [AS NAME]</c>.</summary>
internal static class FromGrammar
{
    public static Instruction Parse(InstructionText text)
    {
        var flags = text.TakeFlags(new FlagDefinition("platform", FlagKind.Text));
        var words = text.PlainWords();
        if (words.Length != 1 && !(words.Length == 3 && words[1].Text.Equals("as", StringComparison.OrdinalIgnoreCase)))
        {
            throw text.Invalid("FROM requires either one or three arguments", hint: "write FROM IMAGE or FROM IMAGE AS NAME");
        }

        var alias = words.Length == 3 ? words[2] : null;
        if (alias is not null && !IsStageName(alias.Text.ToLowerInvariant()))
        {
            throw text.Error(
                DockerfileErrors.InvalidStageName,
                $"invalid name for build stage: \"{alias.Text}\", name can't start with a number or contain symbols",
                alias.Span);
        }

        if (alias is not null)
        {
            text.MarkKeyword(1);
        }

        return new FromInstruction(text.Header)
        {
            Image = words[0],
            Platform = flags.Text("platform"),
            As = alias is null ? null : words[1],
            Alias = alias,
        };
    }

    private static bool IsStageName(string name) =>
        char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.');
}
