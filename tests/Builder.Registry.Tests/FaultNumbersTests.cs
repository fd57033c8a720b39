using System.Reflection;
using System.Text.RegularExpressions;

namespace Builder.Registry.Tests;

/// <summary>That none of the catalogue's faults is without a test (spec/registry.md, "Faults").</summary>
public sealed partial class FaultNumbersTests
{
    private const int Count = 52;

    [Fact]
    public void Every_fault_has_a_test_of_its_number()
    {
        var numbers = Assembly.GetExecutingAssembly().GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.IsDefined(typeof(FactAttribute), inherit: true))
            .Select(method => Name().Match(method.Name))
            .Where(match => match.Success)
            .SelectMany(match => Enumerable.Range(First(match), Last(match) - First(match) + 1))
            .ToHashSet();
        Assert.Empty(Enumerable.Range(1, Count).Except(numbers));
        Assert.Equal(Count, numbers.Count);
    }

    private static int First(Match match) => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    private static int Last(Match match) => match.Groups[2].Success ? int.Parse(match.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture) : First(match);

    [GeneratedRegex("^Fault_([0-9]{2})(?:_(?:to|and)_([0-9]{2}))?_")]
    private static partial Regex Name();
}
