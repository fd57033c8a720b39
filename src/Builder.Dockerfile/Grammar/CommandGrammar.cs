using System.Collections.Immutable;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Grammar;

/// <summary>CMD, ENTRYPOINT and SHELL: a text for a shell, or a JSON array for none.</summary>
internal static class CommandGrammar
{
    public static Instruction ParseCmd(InstructionText text)
    {
        text.RejectFlags();
        return new CmdInstruction(text.Header, Command(text));
    }

    public static Instruction ParseEntrypoint(InstructionText text)
    {
        text.RejectFlags();
        return new EntrypointInstruction(text.Header, Command(text));
    }

    public static Instruction ParseShell(InstructionText text)
    {
        text.RejectFlags();
        if (text.Arguments.IsEmpty)
        {
            throw text.Invalid("SHELL requires at least one argument");
        }

        var arguments = text.JsonWords() ?? throw text.Error(
            DockerfileErrors.InvalidJsonForm, "SHELL requires the arguments to be in JSON form",
            hint: "for example SHELL [\"/bin/bash\", \"-c\"]");
        return arguments.IsEmpty
            ? throw text.Invalid("SHELL requires at least one argument")
            : new ShellInstruction(text.Header, arguments);
    }

    /// <summary>What is left of the arguments as a command without here-documents.</summary>
    public static CommandLine Command(InstructionText text)
    {
        var rest = text.Rest();
        return text.JsonWords() is { } arguments
            ? new ExecCommand(arguments, rest.Span)
            : new ShellCommand(rest.Text, [], rest.Span);
    }
}
