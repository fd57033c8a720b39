using System.Text.RegularExpressions;

namespace Builder.ArchitectureTests;

/// <summary>spec/security.md names a test for each thing it claims; a test that is renamed or lost would leave a claim without proof.</summary>
public sealed partial class SecurityPageTests
{
    [Fact]
    public void Every_test_that_the_security_page_names_exists()
    {
        var named = TestName().Matches(File.ReadAllText(Path.Combine(Repository.Root, "spec", "security.md")))
            .Select(match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value)).Distinct().ToList();
        var classes = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .ToLookup(path => Path.GetFileNameWithoutExtension(path), File.ReadAllText);

        Assert.True(named.Count > 30, $"only {named.Count} tests are named");
        Assert.Empty(named.Where(test => !classes[test.Class].Any(text => Regex.IsMatch(text, $@"public (async )?(Task|void) {test.Method}\("))).Select(test => $"{test.Class}.{test.Method}"));
    }

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex TestName();
}
