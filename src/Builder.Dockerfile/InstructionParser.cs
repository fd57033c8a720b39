using Builder.Diagnostics;
using Builder.Dockerfile.Grammar;
using Builder.Dockerfile.Syntax;
using Builder.Dockerfile.Text;

namespace Builder.Dockerfile;

/// <summary>Reads one instruction.</summary>
public static class InstructionParser
{
    private static readonly Dictionary<string, Func<InstructionText, Instruction>> Grammars = new(StringComparer.Ordinal)
    {
        ["ADD"] = TransferGrammar.ParseAdd,
        ["ARG"] = ArgGrammar.Parse,
        ["CMD"] = CommandGrammar.ParseCmd,
        ["COPY"] = TransferGrammar.ParseCopy,
        ["ENTRYPOINT"] = CommandGrammar.ParseEntrypoint,
        ["ENV"] = KeyValueGrammar.ParseEnv,
        ["EXPOSE"] = WordListGrammar.ParseExpose,
        ["FROM"] = FromGrammar.Parse,
        ["HEALTHCHECK"] = HealthcheckGrammar.Parse,
        ["LABEL"] = KeyValueGrammar.ParseLabel,
        ["MAINTAINER"] = WordListGrammar.ParseMaintainer,
        ["ONBUILD"] = OnbuildGrammar.Parse,
        ["RUN"] = RunGrammar.Parse,
        ["SHELL"] = CommandGrammar.ParseShell,
        ["STOPSIGNAL"] = WordListGrammar.ParseStopSignal,
        ["USER"] = WordListGrammar.ParseUser,
        ["VOLUME"] = WordListGrammar.ParseVolume,
        ["WORKDIR"] = WordListGrammar.ParseWorkdir,
    };

    /// <summary>
    /// Parses what an image's config stores under <c>OnBuild</c>; its escape character is always the backslash.
    /// </summary>
    /// <param name="trigger">The stored text, under a name that tells the user which image it came from.</param>
    /// <exception cref="DockerfileException">The text is not one instruction, or one that may not be a trigger.</exception>
    public static Instruction ParseTrigger(SourceText trigger)
    {
        ArgumentNullException.ThrowIfNull(trigger);
        const char Escape = '\\';
        var reader = new LogicalLineReader(trigger, Escape, 0);
        var line = reader.Read() ?? throw NotOneInstruction(trigger);
        OnbuildGrammar.RequireTrigger(InstructionText.Cut(line, reader, Escape));
        var instruction = Parse(line, reader, Escape);
        return reader.Read() is null ? instruction : throw NotOneInstruction(trigger);
    }

    /// <summary>
    /// The trigger of an ONBUILD of the same file, as an instruction whose places are those in the file. The comments above the
    /// ONBUILD are its own.
    /// </summary>
    /// <param name="escape">The file's. Lines are joined by it; words are read with the backslash, as in every trigger.</param>
    /// <exception cref="DockerfileException">The text is no instruction, or one that may not be a trigger.</exception>
    public static Instruction ParseTrigger(OnbuildInstruction onbuild, char escape)
    {
        ArgumentNullException.ThrowIfNull(onbuild);
        var place = onbuild.Trigger.Span;
        var reader = new LogicalLineReader(place.Source, escape, place.Start);
        return reader.Read() is { } line && line.Start == place.Start
            ? Parse(line with { Comments = onbuild.Comments }, reader, '\\')
            : throw new DockerfileException(DockerfileErrors.InvalidTrigger, "an ONBUILD trigger must be a single instruction", span: place);
    }

    /// <summary>The same; null for what is no instruction, which is an error only where it is triggered.</summary>
    public static Instruction? TryParseTrigger(OnbuildInstruction onbuild, char escape)
    {
        try
        {
            return ParseTrigger(onbuild, escape);
        }
        catch (DockerfileException)
        {
            return null;
        }
    }

    /// <summary>The instruction of a line and its here-documents; null, and what is wrong, when it is none.</summary>
    internal static Instruction? TryParse(LogicalLine line, LogicalLineReader reader, char escape, out DockerfileException? error)
    {
        var text = InstructionText.Cut(line, reader, escape);
        try
        {
            error = null;
            return Grammars.TryGetValue(text.Name, out var grammar) ? grammar(text) : throw Unknown(text);
        }
        catch (DockerfileException e)
        {
            text.SkipHeredocs();
            error = e;
            return null;
        }
    }

    private static Instruction Parse(LogicalLine line, LogicalLineReader reader, char escape)
    {
        var text = InstructionText.Cut(line, reader, escape);
        return Grammars.TryGetValue(text.Name, out var grammar) ? grammar(text) : throw Unknown(text);
    }

    private static DockerfileException Unknown(InstructionText text)
    {
        var near = Suggestions.Nearest(text.Name, Grammars.Keys);
        var suggestion = near is null ? string.Empty : $" (did you mean {near}?)";
        return text.Error(
            DockerfileErrors.UnknownInstruction, $"unknown instruction: {text.Keyword.Text}{suggestion}", text.Keyword.Span,
            near is null ? $"a line that goes on with the one above needs a {text.Escape} at the end of that one" : null);
    }

    private static DockerfileException NotOneInstruction(SourceText trigger) =>
        new(DockerfileErrors.InvalidTrigger, "an ONBUILD trigger must be a single instruction", span: trigger.Span(0, trigger.Text.Length));
}
