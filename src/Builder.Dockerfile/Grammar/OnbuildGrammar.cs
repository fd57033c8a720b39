using System.Collections.Immutable;
using System.Text;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Grammar;

/// <summary><c>ONBUILD INSTRUCTION</c>: the inner instruction is only stored, so little of it is looked at.</summary>
internal static class OnbuildGrammar
{
    public static Instruction Parse(InstructionText text)
    {
        text.RejectFlags();
        if (text.Arguments.IsEmpty)
        {
            throw text.Invalid("ONBUILD requires at least one argument");
        }

        var inner = text.Inner();
        RequireTrigger(inner);
        var rest = text.Rest();
        var trigger = new StringBuilder(rest.Text);
        var span = rest.Span;
        foreach (var heredoc in Heredocs(inner))
        {
            trigger.Append('\n').Append(heredoc.Body).Append(heredoc.Delimiter);
            span = span.To(heredoc.BodySpan);
        }

        text.Recorder?.MarkRest(inner.Arguments, isJson: false);
        return new OnbuildInstruction(text.Header, new Word(trigger.ToString(), span));
    }

    /// <exception cref="DockerfileException">The instruction cannot be a trigger.</exception>
    public static void RequireTrigger(InstructionText trigger)
    {
        switch (trigger.Name)
        {
            case "ONBUILD":
                throw trigger.Error(
                    DockerfileErrors.InvalidTrigger, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", trigger.Keyword.Span);
            case "FROM" or "MAINTAINER":
                throw trigger.Error(
                    DockerfileErrors.InvalidTrigger, $"{trigger.Name} isn't allowed as an ONBUILD trigger", trigger.Keyword.Span);
        }
    }

    private static ImmutableArray<Heredoc> Heredocs(InstructionText inner)
    {
        if (inner.Name is not ("RUN" or "COPY" or "ADD"))
        {
            return [];
        }

        inner.TakeFlagWords();
        return inner.IsJson ? [] : inner.TakeHeredocs();
    }
}
