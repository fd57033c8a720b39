namespace Builder.EndToEnd.Support;

/// <summary>Where the programs under test are: <c>tests/run</c> publishes them and says where by two variables.</summary>
internal static class PublishedProgram
{
    private static readonly Lazy<string> NativePath = new(() => Readable(Variable("BUILDER_NATIVE", "the native program")));
    private static readonly Lazy<string> JitPath = new(() => Readable(Variable("BUILDER_JIT", "builder.dll")));

    public static string Native => NativePath.Value;

    public static string Jit => JitPath.Value;

    private static string Variable(string name, string what)
    {
        var path = Environment.GetEnvironmentVariable(name);
        if (string.IsNullOrEmpty(path) || !File.Exists(path))
        {
            Assert.Skip($"needs {name} to name {what} (tests/run publishes it)");
        }

        return path;
    }

    /// <summary>A copy of the program's folder that any user may read.</summary>
    private static string Readable(string program)
    {
        var folder = Directory.CreateTempSubdirectory("builder-program-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        var everybody = (UnixFileMode)Convert.ToInt32("755", 8);
        File.SetUnixFileMode(folder.FullName, everybody);
        var source = Path.GetDirectoryName(program)!;
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Where(IsNeeded))
        {
            var copy = Path.Combine(folder.FullName, Path.GetRelativePath(source, file));
            for (var parent = Directory.CreateDirectory(Path.GetDirectoryName(copy)!); parent.FullName != folder.FullName; parent = parent.Parent!)
            {
                File.SetUnixFileMode(parent.FullName, everybody);
            }

            File.Copy(file, copy);
            File.SetUnixFileMode(copy, everybody);
        }

        return Path.Combine(folder.FullName, Path.GetFileName(program));
    }

    private static bool IsNeeded(string file) => Path.GetExtension(file) is not (".dbg" or ".xml" or ".pdb");
}
