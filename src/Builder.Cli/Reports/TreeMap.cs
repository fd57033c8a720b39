namespace Builder.Cli.Reports;

/// <summary>A rectangle of a drawing.</summary>
internal readonly record struct Area(double X, double Y, double Width, double Height)
{
    public Area Inset(double border, double top) => new(X + border, Y + top, Math.Max(0, Width - (2 * border)), Math.Max(0, Height - top - border));
}

/// <summary>
/// Divides a rectangle among amounts, with pieces as near to squares as can be had simply (Bruls, Huizing and van Wijk, "Squarified
/// treemaps"): a row along the shorter side takes amounts for as long as that makes its worst piece better.
/// </summary>
internal static class TreeMap
{
    /// <param name="amounts">Positive, the biggest first.</param>
    /// <returns>An area for each, in their order.</returns>
    public static IReadOnlyList<Area> Divide(IReadOnlyList<double> amounts, Area area)
    {
        var areas = new List<Area>(amounts.Count);
        var left = amounts.Sum();
        var next = 0;
        while (next < amounts.Count)
        {
            var scale = left > 0 ? area.Width * area.Height / left : 0;
            var side = Math.Min(area.Width, area.Height);
            var end = next + 1;
            var row = amounts[next] * scale;
            while (end < amounts.Count && Worst(amounts, next, end + 1, row + (amounts[end] * scale), scale, side) <= Worst(amounts, next, end, row, scale, side))
            {
                row += amounts[end++] * scale;
            }

            var taken = 0.0;
            for (var i = next; i < end; i++)
            {
                taken += amounts[i];
            }

            area = Lay(amounts, next, end, taken, row, area, areas);
            left -= taken;
            next = end;
        }

        return areas;
    }

    /// <summary>The worst relation of sides in a row.</summary>
    private static double Worst(IReadOnlyList<double> amounts, int from, int to, double row, double scale, double side)
    {
        if (row <= 0 || side <= 0)
        {
            return double.MaxValue;
        }

        var biggest = amounts[from] * scale;
        var smallest = amounts[to - 1] * scale;
        return Math.Max(side * side * biggest / (row * row), smallest > 0 ? row * row / (side * side * smallest) : double.MaxValue);
    }

    /// <summary>Places a row and returns what is left of the area.</summary>
    private static Area Lay(IReadOnlyList<double> amounts, int from, int to, double taken, double row, Area area, List<Area> areas)
    {
        var isColumn = area.Width >= area.Height;
        var side = isColumn ? area.Height : area.Width;
        var thickness = side > 0 ? Math.Min(row / side, isColumn ? area.Width : area.Height) : 0;
        var at = 0.0;
        for (var i = from; i < to; i++)
        {
            var length = taken > 0 ? side * amounts[i] / taken : 0;
            areas.Add(isColumn ? new Area(area.X, area.Y + at, thickness, length) : new Area(area.X + at, area.Y, length, thickness));
            at += length;
        }

        return isColumn
            ? area with { X = area.X + thickness, Width = area.Width - thickness }
            : area with { Y = area.Y + thickness, Height = area.Height - thickness };
    }
}
