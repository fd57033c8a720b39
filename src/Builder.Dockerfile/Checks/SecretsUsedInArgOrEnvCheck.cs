using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Checks;

/// <summary>The name of an ARG or ENV has a word for something secret in it, and none that takes it back.</summary>
internal sealed class SecretsUsedInArgOrEnvCheck() : InstructionCheck(CheckRules.SecretsUsedInArgOrEnv)
{
    private static readonly string[] SecretWords =
        ["apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token"];

    private static readonly string[] HarmlessWords = ["public", "file", "version"];

    public override IEnumerable<Finding> Look(Instruction instruction) =>
        from name in Names(instruction)
        where LooksSecret(name.Text)
        select Found(
            instruction, $"Do not use ARG or ENV instructions for sensitive data ({instruction.Name} \"{name.Text}\")", name.Span,
            "RUN --mount=type=secret shows a secret to one step and keeps it nowhere");

    private static IEnumerable<Word> Names(Instruction instruction) => instruction switch
    {
        ArgInstruction arg => arg.Declarations.Select(declaration => declaration.Name),
        EnvInstruction env => env.Pairs.Select(pair => pair.Key),
        _ => [],
    };

    private static bool LooksSecret(string name)
    {
        var words = name.ToLowerInvariant().Split('_');
        return words.Any(SecretWords.Contains) && !words.Any(HarmlessWords.Contains);
    }
}
