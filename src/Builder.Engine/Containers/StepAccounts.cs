using System.Text;
using Builder.Engine.Copying;
using Builder.Linux.Files;
using Builder.Linux.Overlay;

namespace Builder.Engine.Containers;

/// <summary>The files that say who is who, read out of the folders of an overlay: to mount one for two small files takes longer than to read them.</summary>
internal static class StepAccounts
{
    /// <summary>The reader that <see cref="Builder.Containers.UserLookup"/> asks.</summary>
    /// <param name="layers">The folders, top-most first.</param>
    public static Func<string, byte[]?> Reader(IReadOnlyList<string> layers)
    {
        var view = new LayeredView(layers);
        return path => view.Resolve(path) is { Missing.Count: 0, Existing: [.., var last] } ? Read(last.Source, path) : null;
    }

    private static byte[]? Read(string source, string path)
    {
        using var folder = DirectoryHandle.Open(Path.GetDirectoryName(source)!);
        var name = Encoding.UTF8.GetBytes(Path.GetFileName(source));
        if (folder.TryLstat(name) is not { Type: FileType.Regular } status)
        {
            return null;
        }

        using var file = folder.OpenFile(name, status);
        return AccountFiles.Read(file, status.Size, path);
    }
}
