using System.Globalization;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Grammar;

/// <summary><c>HEALTHCHECK NONE</c>, or <c>HEALTHCHECK [flags] CMD …</c>.</summary>
internal static class HealthcheckGrammar
{
    private const long Millisecond = 1_000_000;

    public static Instruction Parse(InstructionText text)
    {
        var words = text.TakeFlagWords();
        if (text.Arguments.IsEmpty)
        {
            throw text.Invalid("HEALTHCHECK requires at least one argument");
        }

        var test = text.Inner();
        return test.Name switch
        {
            "NONE" => None(text, test),
            "CMD" => Command(text, Flags.Read(text, words, [
                new("interval", FlagKind.Text), new("timeout", FlagKind.Text), new("start-period", FlagKind.Text),
                new("start-interval", FlagKind.Text), new("retries", FlagKind.Text)]), CommandGrammar.Command(test)),
            _ => throw text.Invalid($"Unknown type \"{test.Name}\" in HEALTHCHECK (try CMD)", test.Keyword),
        };
    }

    private static HealthcheckInstruction None(InstructionText text, InstructionText test) =>
        test.Arguments.IsEmpty
            ? new HealthcheckInstruction(text.Header, null)
            : throw test.Invalid("HEALTHCHECK NONE takes no arguments");

    private static HealthcheckInstruction Command(InstructionText text, Flags flags, CommandLine command)
    {
        if (command is ShellCommand { Text: "" } or ExecCommand { Arguments.IsEmpty: true })
        {
            throw text.Invalid("Missing command after HEALTHCHECK CMD");
        }

        return new HealthcheckInstruction(text.Header, command)
        {
            Interval = Duration(text, flags, "interval"),
            Timeout = Duration(text, flags, "timeout"),
            StartPeriod = Duration(text, flags, "start-period"),
            StartInterval = Duration(text, flags, "start-interval"),
            Retries = Retries(text, flags),
        };
    }

    private static long Duration(InstructionText text, Flags flags, string name)
    {
        if (flags.Text(name) is not { Text.Length: > 0 } value)
        {
            return 0;
        }

        if (!GoValues.TryParseDuration(value.Text, out var nanoseconds))
        {
            throw text.Error(
                DockerfileErrors.InvalidFlag, $"invalid duration \"{value.Text}\"", value.Span,
                "write a number and a unit, such as 1m30s or 500ms");
        }

        return nanoseconds is 0 or >= Millisecond
            ? nanoseconds
            : throw text.Error(DockerfileErrors.InvalidFlag, $"Interval \"{name}\" cannot be less than 1ms", value.Span);
    }

    private static int Retries(InstructionText text, Flags flags)
    {
        if (flags.Text("retries") is not { Text.Length: > 0 } value)
        {
            return 0;
        }

        if (!int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var retries))
        {
            throw text.Error(DockerfileErrors.InvalidFlag, $"--retries is not a number: \"{value.Text}\"", value.Span);
        }

        return retries >= 0
            ? retries
            : throw text.Error(DockerfileErrors.InvalidFlag, $"--retries cannot be negative ({retries})", value.Span);
    }
}
