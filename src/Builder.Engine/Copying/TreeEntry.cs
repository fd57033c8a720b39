using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>
/// One name met on a walk through a tree. Valid until the walk goes on, because <see cref="Directory"/> is the walker's own.
/// </summary>
/// <param name="Directory">The open directory that holds the name.</param>
/// <param name="Name">The last name.</param>
/// <param name="Path">The path below the directory where the walk began.</param>
/// <param name="Depth">0 for what lies in that directory itself.</param>
/// <param name="Status">Of the name itself: links are not followed.</param>
internal readonly record struct TreeEntry(DirectoryHandle Directory, byte[] Name, byte[] Path, int Depth, FileStatus Status);
