using Builder.Oci;

namespace Builder.Graph.Solving;

/// <summary>Does what vertices say. Called from several threads at once, never twice for one vertex.</summary>
/// <typeparam name="TResult">What a vertex leaves behind: a root file system that others can build upon.</typeparam>
public interface IVertexRunner<TResult>
    where TResult : class
{
    /// <summary>
    /// The digest of what a vertex selects from an input whose definition does not tell its content
    /// (<see cref="Operations.Operation.IsMutable"/>): the paths it copies or mounts of a folder, the file behind a
    /// URL, the commit of a branch. Asked before anything runs; must not depend on times or on what is not selected.
    /// </summary>
    ValueTask<Digest> ContentKeyAsync(Vertex vertex, int input, CancellationToken cancellationToken);

    /// <summary>
    /// The digest of what a vertex sees of an input that has a result now: of the files it selects if it copies or
    /// mounts some, else the identity of the result. Null when it is not worth finding out; the input is then known by
    /// its definition. Asked only when the definition key was not found.
    /// </summary>
    ValueTask<Digest?> ResultKeyAsync(Vertex vertex, int input, TResult result, CancellationToken cancellationToken);

    /// <summary>Runs a vertex.</summary>
    /// <param name="inputs">One for each input; null for one that has no result (a build context).</param>
    Task<TResult> RunAsync(Vertex vertex, IReadOnlyList<TResult?> inputs, CancellationToken cancellationToken);
}
