using System.Collections.Immutable;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Grammar;

/// <summary><c>RUN [flags] COMMAND</c> in its shell, JSON and here-document forms.</summary>
internal static class RunGrammar
{
    public static Instruction Parse(InstructionText text)
    {
        var flags = text.TakeFlags(
            new FlagDefinition("mount", FlagKind.List),
            new FlagDefinition("network", FlagKind.Text),
            new FlagDefinition("security", FlagKind.Text),
            new FlagDefinition("device", FlagKind.List));
        var command = Command(text);
        return new RunInstruction(text.Header, command)
        {
            Mounts = [.. flags.List("mount").Select(MountGrammar.Parse)],
            Network = flags.Text("network") is { } network ? Network(text, network) : null,
            Security = flags.Text("security") is { } security ? Security(text, security) : RunSecurity.Sandbox,
            Devices = flags.List("device"),
        };
    }

    private static CommandLine Command(InstructionText text)
    {
        var command = CommandGrammar.Command(text);
        if (command is ExecCommand exec)
        {
            // An empty array is an error only where the stage is built.
            return exec;
        }

        var heredocs = text.TakeHeredocs();
        return heredocs.Length == 1 && heredocs[0].Span == command.Span
            ? new ScriptCommand(heredocs[0], command.Span)
            : (ShellCommand)command with { Heredocs = heredocs };
    }

    private static RunNetwork Network(InstructionText text, Word value) => value.Text switch
    {
        "default" => RunNetwork.Default,
        "none" => RunNetwork.None,
        "host" => RunNetwork.Host,
        _ => throw text.Error(
            DockerfileErrors.InvalidFlag, $"invalid network mode: \"{value.Text}\"", value.Span, "use default, none or host"),
    };

    private static RunSecurity Security(InstructionText text, Word value) => value.Text switch
    {
        "sandbox" => RunSecurity.Sandbox,
        "insecure" => RunSecurity.Insecure,
        _ => throw text.Error(
            DockerfileErrors.InvalidFlag, $"security \"{value.Text}\" is not valid", value.Span, "use sandbox or insecure"),
    };
}
