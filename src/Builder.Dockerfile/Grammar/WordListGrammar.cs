using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Grammar;

/// <summary>The instructions whose arguments are one text or a list of plain words.</summary>
internal static class WordListGrammar
{
    public static Instruction ParseWorkdir(InstructionText text)
    {
        text.RejectFlags();
        return new WorkdirInstruction(text.Header, text.RequiredRest());
    }

    public static Instruction ParseUser(InstructionText text)
    {
        text.RejectFlags();
        return new UserInstruction(text.Header, text.RequiredRest());
    }

    public static Instruction ParseMaintainer(InstructionText text)
    {
        text.RejectFlags();
        return new MaintainerInstruction(text.Header, text.RequiredRest());
    }

    public static Instruction ParseStopSignal(InstructionText text)
    {
        // Words that look like flags vanish without a word, as they do in BuildKit.
        text.TakeFlagWords();
        return new StopSignalInstruction(text.Header, text.RequiredRest());
    }

    public static Instruction ParseExpose(InstructionText text)
    {
        text.RejectFlags();
        var ports = text.PlainWords();
        return ports.IsEmpty
            ? throw text.Invalid("EXPOSE requires at least one argument")
            : new ExposeInstruction(text.Header, ports.Sort((a, b) => string.CompareOrdinal(a.Text, b.Text)));
    }

    public static Instruction ParseVolume(InstructionText text)
    {
        text.RejectFlags();
        var paths = text.JsonWords() ?? text.PlainWords();
        if (paths.IsEmpty)
        {
            throw text.Invalid("VOLUME requires at least one argument");
        }

        return paths.FirstOrDefault(path => string.IsNullOrWhiteSpace(path.Text)) is { } blank
            ? throw text.Invalid("VOLUME specified can not be an empty string", blank)
            : new VolumeInstruction(text.Header, paths);
    }
}
