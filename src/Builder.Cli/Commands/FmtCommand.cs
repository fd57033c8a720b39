using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Dockerfile.Formatting;
using Builder.Dockerfile.Text;

namespace Builder.Cli.Commands;

/// <summary><c>builder fmt</c>: Dockerfiles in the one layout. Touches no file unless all of them parse.</summary>
internal static class FmtCommand
{
    private const string Standard = "-";

    /// <summary>What <c>--check</c> exits with when there is something to do.</summary>
    private const int Differs = 1;

    private static readonly Option<bool> Check = new("--check") { Description = "Change nothing; name the files that would change, and exit with 1 if there are any" };
    private static readonly Option<bool> Diff = new("--diff") { Description = "Change nothing; show what would change" };
    private static readonly Argument<string[]> Files = new("file") { Description = "Dockerfiles; - reads standard input and writes standard output (default: Dockerfile)", Arity = ArgumentArity.ZeroOrMore };

    public static Command Create()
    {
        var command = new Command("fmt", "Lay Dockerfiles out anew, without changing what they mean") { Check, Diff, Files };
        command.SetAction((parsed, _) => Session.GuardAsync(_ => Task.FromResult(Run(parsed))));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        string[] paths = parsed.GetValue(Files) is { Length: > 0 } given ? given : ["Dockerfile"];
        var (check, diff) = (parsed.GetValue(Check), parsed.GetValue(Diff));
        var files = paths.Select(FormattedFile.Read).ToList();
        var errors = new ErrorList();
        files.ForEach(file => file.Format(errors));
        errors.ThrowIfAny();
        foreach (var file in files)
        {
            if (diff)
            {
                Terminal.Write(toError: false, SourceBytes.Encode(UnifiedDiff.Of(file.Name, file.Text, file.Formatted)));
            }
            else if (check && file.IsChanged)
            {
                Terminal.WriteLine(Terminal.Harmless(file.Name));
            }
            else if (!check)
            {
                file.Write();
            }
        }

        return check && files.Any(file => file.IsChanged) ? Differs : 0;
    }

    /// <summary>A Dockerfile before and after.</summary>
    private sealed class FormattedFile(string path, string text)
    {
        public string Name => path == Standard ? "stdin" : path;

        public string Text { get; } = text;

        public string Formatted { get; private set; } = "";

        public bool IsChanged => Formatted != Text;

        public static FormattedFile Read(string path)
        {
            if (path == Standard)
            {
                using var input = Terminal.OpenInput();
                using var bytes = new MemoryStream();
                input.CopyTo(bytes);
                return new FormattedFile(path, SourceBytes.Decode(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
            }

            try
            {
                return new FormattedFile(path, SourceBytes.Decode(File.ReadAllBytes(path)));
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                throw new BuilderException(CliErrors.NoInput, $"{path}: no such file", "name the Dockerfiles to format, or - for standard input", inner: e);
            }
        }

        public void Format(ErrorList errors)
        {
            try
            {
                Formatted = DockerfileFormatter.Format(new SourceText(Name, Text));
            }
            catch (BuilderException e)
            {
                errors.Add(e);
            }
        }

        public void Write()
        {
            if (path == Standard)
            {
                Terminal.Write(toError: false, SourceBytes.Encode(Formatted));
            }
            else if (IsChanged)
            {
                FileRewrite.Replace(path, SourceBytes.Encode(Formatted));
            }
        }
    }
}
