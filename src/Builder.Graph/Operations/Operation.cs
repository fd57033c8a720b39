using System.Text.Json.Serialization;

namespace Builder.Graph.Operations;

/// <summary>
/// What a vertex does. The hierarchy is closed, and shaped so that it maps one to one onto BuildKit's LLB: sources
/// (<see cref="ImageOperation"/>, <see cref="ContextOperation"/>, <see cref="HttpOperation"/>, <see cref="GitOperation"/>,
/// and <see cref="ScratchOperation"/> for "no input"), exec (<see cref="RunOperation"/>), file
/// (<see cref="CopyOperation"/>, <see cref="MakeDirectoryOperation"/>) and merge (<see cref="MergeOperation"/>).
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(ScratchOperation), "scratch")]
[JsonDerivedType(typeof(ImageOperation), "image")]
[JsonDerivedType(typeof(ContextOperation), "context")]
[JsonDerivedType(typeof(HttpOperation), "http")]
[JsonDerivedType(typeof(GitOperation), "git")]
[JsonDerivedType(typeof(RunOperation), "run")]
[JsonDerivedType(typeof(CopyOperation), "copy")]
[JsonDerivedType(typeof(MakeDirectoryOperation), "mkdir")]
[JsonDerivedType(typeof(MergeOperation), "merge")]
public abstract record Operation
{
    private protected Operation()
    {
    }

    /// <summary>The kind as one word, which is part of every key.</summary>
    [JsonIgnore]
    public abstract string Kind { get; }

    /// <summary>
    /// Whether it brings something in from outside. A source keeps what it fetched by its own means, so the solver runs
    /// it whenever its result is needed and never asks the result cache.
    /// </summary>
    [JsonIgnore]
    public virtual bool IsSource => false;

    /// <summary>
    /// Whether the definition does not tell what is in it (a folder, a URL, a branch): a vertex that uses it is known
    /// by the content it selects.
    /// </summary>
    [JsonIgnore]
    public virtual bool IsMutable => false;

    /// <summary>Whether it has a result of its own; a build context has none, it is read in place.</summary>
    [JsonIgnore]
    public virtual bool HasResult => true;

    internal abstract bool Accepts(int inputs);

    /// <summary>Writes everything that the result depends on, and nothing else.</summary>
    internal abstract void Describe(KeyWriter key);
}
