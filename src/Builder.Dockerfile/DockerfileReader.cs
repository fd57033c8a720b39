using System.Collections.Immutable;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Dockerfile.Text;
using Builder.Dockerfile.Tree;

namespace Builder.Dockerfile;

/// <summary>
/// Reads one file, once. After an error it goes on with the next instruction, so that all errors come at once.
/// </summary>
/// <param name="recorder">Takes notes for a syntax tree; null when nobody wants one.</param>
internal sealed class DockerfileReader(SourceText source, TokenRecorder? recorder = null)
{
    private readonly ErrorList errors = new();
    private readonly ImmutableArray<ArgInstruction>.Builder globalArgs = ImmutableArray.CreateBuilder<ArgInstruction>();
    private readonly List<(FromInstruction From, ImmutableArray<Instruction>.Builder Instructions)> stages = [];
    private bool directivesAreWrong;
    private bool afterFrom;
    private bool afterUnknown;

    /// <summary>The meaning of the file, or what is wrong with it.</summary>
    public (DockerfileSyntax? Dockerfile, ErrorList Errors) Read()
    {
        var (directives, start) = ReadDirectives();
        var reader = new LogicalLineReader(source, directives.Escape, start, recorder);
        while (reader.Read() is { } line)
        {
            var instruction = InstructionParser.TryParse(line, reader, directives.Escape, out var error);
            recorder?.EndNode(line, instruction);
            if (instruction is not null)
            {
                Add(instruction);
            }
            else
            {
                Add(line, error!);
            }
        }

        RequireStage();
        return (errors.IsEmpty ? new DockerfileSyntax(source, directives, globalArgs.ToImmutable(), Stages()) : null, errors);
    }

    /// <summary>After a wrong directive nobody knows what the lines below mean; a tree reads on as if there were none.</summary>
    private (ParserDirectives Directives, int Start) ReadDirectives()
    {
        var start = source.Text.StartsWith(DirectiveReader.ByteOrderMark) ? 1 : 0;
        NoteByteOrderMark(start);
        try
        {
            return new DirectiveReader(source, recorder).Read();
        }
        catch (DockerfileException e)
        {
            directivesAreWrong = true;
            errors.Add(e);
            recorder?.Clear();
            NoteByteOrderMark(start);
            return (ParserDirectives.Default, recorder is null ? source.Text.Length : start);
        }
    }

    private void NoteByteOrderMark(int end)
    {
        recorder?.Add(TokenKind.ByteOrderMark, 0, end);
        recorder?.EndNode(NodeKind.ByteOrderMark);
    }

    /// <summary>Sorts instructions into what comes before the first FROM and the stages behind it.</summary>
    private void Add(Instruction instruction)
    {
        afterUnknown = false;
        if (instruction is FromInstruction from)
        {
            afterFrom = true;
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
        else if (!afterFrom && !directivesAreWrong)
        {
            afterFrom = true;
            errors.Add(new DockerfileException(
                DockerfileErrors.OutsideStage,
                $"dockerfile parse error on line {instruction.Span.Line}: no build stage in current context",
                $"only ARG may stand before the first FROM, not {instruction.Name}", instruction.Header.Keyword.Span));
        }
    }

    /// <summary>
    /// Errors of an instruction say its first line in their text: editors and test suites look for it there. A row of
    /// words that nobody knows, nor anything like them, is one mistake, such as a missing continuation, and is told once.
    /// </summary>
    private void Add(LogicalLine line, DockerfileException error)
    {
        var isUnknown = error.Code == DockerfileErrors.UnknownInstruction;
        var follows = afterUnknown && isUnknown && error.Hint is not null;
        afterUnknown = isUnknown;
        afterFrom = true;
        if (!follows && !directivesAreWrong)
        {
            errors.Add(new DockerfileException(
                error.Code, $"dockerfile parse error on line {line.Span.Line}: {error.Message}", error.Hint, error.Span ?? line.Span, error.InnerException));
        }
    }

    private void RequireStage()
    {
        if (!errors.IsEmpty || stages.Count > 0)
        {
            return;
        }

        var message = source.Text.Length == 0 ? "the Dockerfile cannot be empty"
            : globalArgs.Count == 0 ? "file with no instructions"
            : "dockerfile contains no stages to build";
        errors.Add(new DockerfileException(DockerfileErrors.NothingToBuild, message, "a Dockerfile begins with FROM", source.Span(0, 0)));
    }

    private ImmutableArray<StageSyntax> Stages() =>
        [.. stages.Select((stage, index) => new StageSyntax(stage.From, stage.From.StageName, index, stage.Instructions.ToImmutable()))];
}
