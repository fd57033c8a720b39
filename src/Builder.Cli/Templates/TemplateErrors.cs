using Builder.Diagnostics;

namespace Builder.Cli.Templates;

/// <summary>What is wrong with a template is a mistake in the command line, and has a place in it.</summary>
internal static class TemplateErrors
{
    private const string Hint = "a template is text with {{.Field}}, {{json .}}, {{range}}, {{if}} and the like, as Docker's --format takes it";

    public static BuilderException At(string template, int place, string found) =>
        new(CliErrors.Usage, $"the template '{template}' has, at character {place + 1}, {found}", Hint);

    public static BuilderException Running(string message, string? hint = null) => new(CliErrors.Usage, message, hint ?? Hint);
}
