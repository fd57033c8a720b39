using System.Globalization;

namespace Builder.Cli.Displays;

/// <summary>Amounts of bytes as Docker prints them: decimal units, three significant digits.</summary>
internal static class Sizes
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB"];

    public static string Format(long bytes)
    {
        var amount = (double)bytes;
        var unit = 0;
        for (; amount >= 999.5 && unit < Units.Length - 1; unit++)
        {
            amount /= 1000;
        }

        var digits = amount >= 99.95 || unit == 0 ? "0" : amount >= 9.995 ? "0.#" : "0.##";
        return amount.ToString(digits, CultureInfo.InvariantCulture) + Units[unit];
    }
}
