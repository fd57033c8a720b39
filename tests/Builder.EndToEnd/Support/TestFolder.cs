namespace Builder.EndToEnd.Support;

/// <summary>A folder that everybody may enter and that is gone after the test.</summary>
public sealed class TestFolder : IDisposable
{
    public TestFolder()
    {
        Path = Directory.CreateTempSubdirectory("builder-e2e-").FullName;
        File.SetUnixFileMode(Path, (UnixFileMode)Convert.ToInt32("777", 8));
    }

    public string Path { get; }

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a text file, with its folders, readable by everybody; returns its path.</summary>
    public string Write(string name, string content, string mode = "644")
    {
        var path = PathOf(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
        return path;
    }

    public string Folder(string name)
    {
        var path = Directory.CreateDirectory(PathOf(name)).FullName;
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("777", 8));
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
