using Builder.Dockerfile.Syntax;
using Builder.Graph.Operations;

namespace Builder.Graph.Compilation;

/// <summary>The names of a stage's vertices: <c>[build 2/5] RUN make</c>, where FROM is the first of five.</summary>
internal sealed class StepNames(StagePlan plan, int stageCount, string? platform)
{
    private readonly int total =
        (plan.Base is ScratchOrigin ? 0 : 1) + plan.Instructions.Count(planned => planned.Instruction is RunInstruction or TransferInstruction or WorkdirInstruction);

    private int count;

    /// <summary>The name of the next step.</summary>
    public string Next(string text)
    {
        var label = stageCount > 1 || plan.Syntax.Name is not null ? plan.Label + " " : "";
        return $"[{(platform is null ? "" : platform + " ")}{label}{++count}/{total}] {text}";
    }

    public static string OfSource(Operation source) => source switch
    {
        ContextOperation { Name: ContextOperation.MainName } => "[internal] load build context",
        ContextOperation context => $"[context {context.Name}] load from client",
        GitOperation git => Shown(git.Remote),
        HttpOperation http => Shown(http.Url),
        ImageOperation image => $"FROM {image.Reference}",
        _ => source.Kind,
    };

    /// <summary>A URL without the user and password in it, which are nobody's business.</summary>
    private static string Shown(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = start < 3 ? -1 : url.IndexOf('/', start);
        var at = start < 3 ? -1 : url.LastIndexOf('@', end < 0 ? url.Length - 1 : end);
        return at < start ? url : url[..start] + url[(at + 1)..];
    }
}
