using System.Reflection;
using Builder.Diagnostics;

namespace Builder.ArchitectureTests;

/// <summary>An error code is a promise to scripts: one meaning each, documented.</summary>
public sealed class ErrorCodeTests
{
    private static readonly IReadOnlyList<(string Name, ErrorCode Code)> Codes =
    [
        // The MSBuild package has codes that no program exits with (its own tests look at them), and no room that it could take them from.
        .. from room in Repository.Rooms.Except(["Builder.MSBuild"])
           let assembly = Assembly.Load(room == "Builder.Cli" ? "builder" : room)
           from type in assembly.GetTypes()
           from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
           where field.FieldType == typeof(ErrorCode)
           select ($"{type.Name}.{field.Name}", (ErrorCode)field.GetValue(null)!),
    ];

    [Fact]
    public void No_number_has_two_meanings()
    {
        var twice = Codes.GroupBy(entry => entry.Code).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(entry => entry.Name))}");
        Assert.Empty(twice);
    }

    [Fact]
    public void Every_code_exits_with_a_documented_status() =>
        Assert.Empty(Codes.Where(entry => entry.Code.ExitCode is < 1 or > 5).Select(entry => entry.Name));

    [Fact]
    public void Every_code_is_in_the_list_of_errors()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "spec", "errors.md"));
        Assert.Empty(Codes.Where(entry => !text.Contains(entry.Code.ToString(), StringComparison.Ordinal)).Select(entry => $"{entry.Code} {entry.Name}"));
    }
}
