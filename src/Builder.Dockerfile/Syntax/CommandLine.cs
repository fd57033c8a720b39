using System.Collections.Immutable;
using System.Text;
using Builder.Diagnostics;

namespace Builder.Dockerfile.Syntax;

/// <summary>What a RUN, CMD, ENTRYPOINT or HEALTHCHECK executes. Never expanded. A closed hierarchy.</summary>
public abstract record CommandLine
{
    private protected CommandLine(SourceSpan span) => Span = span;

    public SourceSpan Span { get; }
}

/// <summary>The JSON form: an argument vector that no shell sees. It may be empty (<c>CMD []</c>).</summary>
public sealed record ExecCommand(ImmutableArray<Word> Arguments, SourceSpan Span) : CommandLine(Span);

/// <summary>The shell form: one argument for the SHELL in force, with the here-documents that its text opens (RUN only).</summary>
public sealed record ShellCommand(string Text, ImmutableArray<Heredoc> Heredocs, SourceSpan Span) : CommandLine(Span)
{
    /// <summary>
    /// The text to hand to the shell: the line and, put together again, the here-documents, whose tabs and variables
    /// are the shell's business.
    /// </summary>
    public string Script
    {
        get
        {
            if (Heredocs.IsEmpty)
            {
                return Text;
            }

            var script = new StringBuilder(Text);
            foreach (var heredoc in Heredocs)
            {
                script.Append('\n').Append(heredoc.Body).Append(heredoc.Delimiter);
            }

            return script.ToString();
        }
    }
}

/// <summary><c>RUN &lt;&lt;EOF</c> and nothing else: the here-document is the script.</summary>
public sealed record ScriptCommand(Heredoc Heredoc, SourceSpan Span) : CommandLine(Span)
{
    /// <summary>The script; after <c>&lt;&lt;-</c> without leading tabs.</summary>
    public string Script => Heredoc.Content;

    /// <summary>
    /// Whether the script names its own interpreter, so that it is executed as the file <c>/dev/pipes/DELIMITER</c>
    /// instead of being passed to the SHELL in force.
    /// </summary>
    public bool HasInterpreter => Script.StartsWith("#!", StringComparison.Ordinal);
}
