using System.Collections.Immutable;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Dockerfile.Text;

namespace Builder.Dockerfile;

/// <summary>Reads a whole Dockerfile. The language is described in <c>spec/dockerfile.md</c>.</summary>
public static class DockerfileParser
{
    /// <summary>Parses every instruction of every stage, whether or not it will be built.</summary>
    /// <exception cref="DockerfileException">The first error of the text, with its place.</exception>
    public static DockerfileSyntax Parse(SourceText source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Text.Length == 0)
        {
            throw NothingToBuild(source, "the Dockerfile cannot be empty");
        }

        var (directives, start) = DirectiveReader.Read(source);
        var reader = new LogicalLineReader(source, directives.Escape, start);
        var stages = new StageCollector();
        while (reader.Read() is { } line)
        {
            stages.Add(Parse(line, reader, directives.Escape));
        }

        if (stages.IsEmpty)
        {
            throw NothingToBuild(source, stages.GlobalArgs.IsEmpty ? "file with no instructions" : "dockerfile contains no stages to build");
        }

        return new DockerfileSyntax(source, directives, stages.GlobalArgs, stages.Stages);
    }

    /// <summary>The directives alone: a file that names another front end may be in another language.</summary>
    /// <exception cref="DockerfileException">A directive is malformed.</exception>
    public static ParserDirectives ReadDirectives(SourceText source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return DirectiveReader.Read(source).Directives;
    }

    /// <summary>Errors of an instruction say its first line in their text: editors and test suites look for it there.</summary>
    private static Instruction Parse(LogicalLine line, LogicalLineReader reader, char escape)
    {
        try
        {
            return InstructionParser.Parse(line, reader, escape);
        }
        catch (DockerfileException e)
        {
            throw new DockerfileException(
                e.Code, $"dockerfile parse error on line {line.Span.Line}: {e.Message}", e.Hint, e.Span ?? line.Span, e.InnerException);
        }
    }

    private static DockerfileException NothingToBuild(SourceText source, string message) =>
        new(DockerfileErrors.NothingToBuild, message, "a Dockerfile begins with FROM", source.Span(0, 0));

    /// <summary>Sorts instructions into what comes before the first FROM and the stages behind it.</summary>
    private sealed class StageCollector
    {
        private readonly ImmutableArray<ArgInstruction>.Builder globalArgs = ImmutableArray.CreateBuilder<ArgInstruction>();
        private readonly List<(FromInstruction From, ImmutableArray<Instruction>.Builder Instructions)> stages = [];

        public bool IsEmpty => stages.Count == 0;

        public ImmutableArray<ArgInstruction> GlobalArgs => globalArgs.ToImmutable();

        public ImmutableArray<StageSyntax> Stages =>
            [.. stages.Select((stage, index) => new StageSyntax(stage.From, stage.From.StageName, index, stage.Instructions.ToImmutable()))];

        public void Add(Instruction instruction)
        {
            if (instruction is FromInstruction from)
            {
                stages.Add((from, ImmutableArray.CreateBuilder<Instruction>()));
            }
            else if (stages.Count > 0)
            {
                stages[^1].Instructions.Add(instruction);
            }
            else if (instruction is ArgInstruction arg)
            {
                globalArgs.Add(arg);
            }
            else
            {
                throw new DockerfileException(
                    DockerfileErrors.OutsideStage,
                    $"dockerfile parse error on line {instruction.Span.Line}: no build stage in current context",
                    $"only ARG may stand before the first FROM, not {instruction.Name}", instruction.Header.Keyword.Span);
            }
        }
    }
}
