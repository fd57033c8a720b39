namespace Builder.Linux.ControlGroups;

/// <summary>The few things one does with the files of a control group; in tests, of a tree that only exists in memory.</summary>
public interface IControlGroupFiles
{
    bool Exists(string path);

    /// <summary>The text of a file; null when it cannot be read.</summary>
    string? Read(string path);

    /// <summary>Writes to a file that the kernel has made.</summary>
    /// <exception cref="LinuxException">The kernel does not take it.</exception>
    void Write(string path, string text);

    /// <exception cref="LinuxException">The kernel does not make it.</exception>
    void MakeDirectory(string path);

    /// <summary>Whether it is gone afterwards; the kernel keeps a group that has processes.</summary>
    bool RemoveDirectory(string path);

    /// <summary>The names of the groups in a directory.</summary>
    IReadOnlyList<string> Children(string path);
}
