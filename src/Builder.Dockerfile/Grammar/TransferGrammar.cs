using System.Collections.Immutable;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Grammar;

/// <summary>COPY and ADD: flags, then sources and a destination as words, as a JSON array, or as here-documents.</summary>
internal static class TransferGrammar
{
    private static readonly FlagDefinition[] CommonFlags =
    [
        new("chown", FlagKind.Text),
        new("chmod", FlagKind.Text),
        new("link", FlagKind.Boolean),
        new("exclude", FlagKind.List),
    ];

    public static Instruction ParseCopy(InstructionText text)
    {
        var flags = text.TakeFlags(
            [.. CommonFlags, new FlagDefinition("from", FlagKind.Text), new FlagDefinition("parents", FlagKind.Boolean)]);
        var operands = Operands.Read(text);
        return new CopyInstruction(text.Header)
        {
            Sources = operands.Sources,
            Heredocs = operands.Heredocs,
            Destination = operands.Destination,
            Chown = flags.Text("chown"),
            Chmod = flags.Text("chmod"),
            Link = flags.Boolean("link") ?? false,
            Excludes = flags.List("exclude"),
            From = flags.Text("from"),
            Parents = flags.Boolean("parents") ?? false,
        };
    }

    public static Instruction ParseAdd(InstructionText text)
    {
        var flags = text.TakeFlags(
        [
            .. CommonFlags, new FlagDefinition("checksum", FlagKind.Text),
            new FlagDefinition("keep-git-dir", FlagKind.Boolean), new FlagDefinition("unpack", FlagKind.Boolean),
        ]);
        var operands = Operands.Read(text);
        return new AddInstruction(text.Header)
        {
            Sources = operands.Sources,
            Heredocs = operands.Heredocs,
            Destination = operands.Destination,
            Chown = flags.Text("chown"),
            Chmod = flags.Text("chmod"),
            Link = flags.Boolean("link") ?? false,
            Excludes = flags.List("exclude"),
            Checksum = flags.Text("checksum"),
            KeepGitDirectory = flags.Boolean("keep-git-dir") ?? false,
            Unpack = flags.Boolean("unpack"),
        };
    }

    private sealed record Operands(ImmutableArray<Word> Sources, ImmutableArray<Heredoc> Heredocs, Word Destination)
    {
        public static Operands Read(InstructionText text)
        {
            var heredocs = ImmutableArray<Heredoc>.Empty;
            if (text.JsonWords() is not { } words)
            {
                heredocs = text.TakeHeredocs();
                words = [.. WithoutHeredocs(text.PlainWords(), heredocs)];
            }

            RequireTwo(text, words.Length + heredocs.Length);
            if (words.IsEmpty || (!heredocs.IsEmpty && heredocs[^1].Span.Start > words[^1].Span.Start))
            {
                throw text.Error(
                    DockerfileErrors.InvalidHeredoc, $"{text.Name} cannot accept a heredoc as a destination", heredocs[^1].Span);
            }

            foreach (var heredoc in heredocs)
            {
                RequireFileName(text, heredoc);
            }

            return new Operands(words[..^1], heredocs, words[^1]);
        }

        private static IEnumerable<Word> WithoutHeredocs(ImmutableArray<Word> words, ImmutableArray<Heredoc> heredocs)
        {
            var next = 0;
            foreach (var word in words)
            {
                while (next < heredocs.Length && heredocs[next].Span.End <= word.Span.Start)
                {
                    next++;
                }

                if (next == heredocs.Length || word.Span.Start < heredocs[next].Span.Start)
                {
                    yield return word;
                }
            }
        }

        private static void RequireTwo(InstructionText text, int count)
        {
            if (count < 2)
            {
                throw text.Invalid(count == 0
                    ? $"{text.Name} requires at least two arguments"
                    : $"{text.Name} requires at least two arguments, but only one was provided. Destination could not be determined");
            }
        }

        private static void RequireFileName(InstructionText text, Heredoc heredoc)
        {
            if (heredoc.Delimiter.Contains('/', StringComparison.Ordinal) || heredoc.Delimiter is "." or "..")
            {
                throw text.Error(
                    DockerfileErrors.InvalidHeredoc,
                    $"the delimiter \"{heredoc.Delimiter}\" cannot be the name of a file", heredoc.Span);
            }
        }
    }
}
