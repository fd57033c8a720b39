namespace Builder.Engine.Copying;

/// <summary>Puts files into a root as COPY, ADD and WORKDIR do: into one that is unpacked, or into a layer in the making.</summary>
internal interface ICopier
{
    /// <summary>Copies one selected source to the destination.</summary>
    /// <param name="destination">Below the root, links not yet followed.</param>
    /// <param name="isDirectory">Whether the user wrote it as a directory.</param>
    void Copy(SourceTree tree, SelectedSource source, byte[] destination, bool isDirectory, IReadOnlyList<string> excludes);

    /// <summary>Copies one selected source together with the directories above it, as <c>--parents</c> does.</summary>
    /// <param name="destination">A directory, which exists.</param>
    void CopyWithParents(SourceTree tree, KeptSource source, byte[] destination, IReadOnlyList<string> excludes);

    /// <summary>Extracts a source that is an archive into the destination, a directory.</summary>
    void Extract(SourceTree tree, SelectedSource source, byte[] destination);

    /// <summary>Writes a file whose content is at hand: root's own, 0644, unless the rules say otherwise.</summary>
    void Write(string name, ReadOnlySpan<byte> content, byte[] destination, bool isDirectory);

    /// <summary>Makes a directory and its missing parents, as WORKDIR does and every destination needs.</summary>
    void MakeDirectory(byte[] path);

    /// <summary>Call it at the end, and before anything else writes to the root.</summary>
    void Complete();
}
