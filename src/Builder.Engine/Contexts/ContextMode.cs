namespace Builder.Engine.Contexts;

/// <summary>What of the modes of a build context's files gets into copies, and so into keys and layers.</summary>
public enum ContextMode
{
    /// <summary>All of them, as BuildKit has it.</summary>
    Keep,

    /// <summary>
    /// Whether the owner may execute a file, and nothing else: 0755 or 0644, directories 0755. So checkouts with different
    /// umasks give the same image.
    /// </summary>
    Normalize,
}
