using Builder.Cli.Reports;
using CsCheck;

namespace Builder.Cli.Tests.Reports;

public sealed class TreeMapTests
{
    /// <summary>Every amount has its share of the area, inside it, and no two overlap.</summary>
    [Fact]
    public void Areas_are_as_big_as_their_amounts_and_do_not_overlap() =>
        Gen.Double[0.01, 1000].Array[1, 30].Sample(
            amounts =>
            {
                double[] sorted = [.. amounts.OrderDescending()];
                var whole = new Area(10, 20, 300, 200);
                var areas = TreeMap.Divide(sorted, whole);
                Assert.Equal(sorted.Length, areas.Count);
                var scale = whole.Width * whole.Height / sorted.Sum();
                foreach (var (area, amount) in areas.Zip(sorted))
                {
                    Assert.Equal(amount * scale, area.Width * area.Height, tolerance: whole.Width * whole.Height * 1e-6);
                    Assert.InRange(area.X, whole.X - 1e-6, whole.X + whole.Width + 1e-6);
                    Assert.InRange(area.X + area.Width, whole.X - 1e-6, whole.X + whole.Width + 1e-6);
                    Assert.InRange(area.Y + area.Height, whole.Y - 1e-6, whole.Y + whole.Height + 1e-6);
                }

                for (var i = 0; i < areas.Count; i++)
                {
                    for (var j = i + 1; j < areas.Count; j++)
                    {
                        var x = Math.Min(areas[i].X + areas[i].Width, areas[j].X + areas[j].Width) - Math.Max(areas[i].X, areas[j].X);
                        var y = Math.Min(areas[i].Y + areas[i].Height, areas[j].Y + areas[j].Height) - Math.Max(areas[i].Y, areas[j].Y);
                        Assert.False(x > 1e-6 && y > 1e-6, $"{areas[i]} and {areas[j]} overlap");
                    }
                }
            },
            iter: 500,
            threads: 1);

    [Fact]
    public void Equal_amounts_come_out_as_squares()
    {
        var areas = TreeMap.Divide([1, 1, 1, 1], new Area(0, 0, 100, 100));
        Assert.All(areas, area => Assert.Equal((50.0, 50.0), (area.Width, area.Height)));
    }

    [Fact]
    public void Nothing_has_no_area() => Assert.Empty(TreeMap.Divide([], new Area(0, 0, 100, 100)));
}
