using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Analysis;

/// <summary>Checks of one instruction at a time.</summary>
internal static class InstructionChecks
{
    private static readonly string[] SecretWords =
        ["apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token"];

    private static readonly string[] HarmlessWords = ["public", "file", "version"];

    public static IEnumerable<Finding> Run(DockerfileSyntax dockerfile) => dockerfile.Instructions.SelectMany(Check);

    private static IEnumerable<Finding> Check(Instruction instruction)
    {
        if (instruction.Header.EmptyContinuation is { } blank)
        {
            yield return new Finding("NoEmptyContinuation", instruction, "Empty continuation line", blank);
        }

        if (instruction is MaintainerInstruction)
        {
            yield return new Finding(
                "MaintainerDeprecated", instruction, "Maintainer instruction is deprecated in favor of using label");
        }

        if (instruction is EnvInstruction { IsLegacyForm: true } or LabelInstruction { IsLegacyForm: true })
        {
            yield return new Finding(
                "LegacyKeyValueFormat", instruction,
                $"\"{instruction.Name} key=value\" should be used instead of legacy \"{instruction.Name} key value\" format");
        }

        foreach (var name in Names(instruction).Where(name => LooksSecret(name.Text)))
        {
            yield return new Finding(
                "SecretsUsedInArgOrEnv", instruction,
                $"Do not use ARG or ENV instructions for sensitive data ({instruction.Name} \"{name.Text}\")", name.Span);
        }
    }

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
