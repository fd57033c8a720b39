namespace Builder.Testing;

/// <summary>The checkout that these tests were built from.</summary>
public static class Checkout
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo? folder) =>
        folder is null ? throw new InvalidOperationException("Builder.sln is in none of the folders above this test")
        : File.Exists(Path.Combine(folder.FullName, "Builder.sln")) ? folder.FullName
        : Find(folder.Parent);
}
