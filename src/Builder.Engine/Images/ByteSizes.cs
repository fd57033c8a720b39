using System.Globalization;
using Builder.Diagnostics;

namespace Builder.Engine.Images;

/// <summary>Amounts of bytes as Docker's options take them: <c>512m</c>, <c>10GB</c>, <c>1.5GiB</c>; k, m, g, t are powers of 1024.</summary>
public static class ByteSizes
{
    /// <exception cref="BuilderException"><see cref="EngineErrors.BadFilter"/>.</exception>
    public static long Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lower = text.Trim().ToLowerInvariant();
        var unit = lower.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.').Trim();
        var power = unit switch
        {
            "" or "b" => 0,
            "k" or "kb" or "kib" => 1,
            "m" or "mb" or "mib" => 2,
            "g" or "gb" or "gib" => 3,
            "t" or "tb" or "tib" => 4,
            _ => -1,
        };
        return power >= 0 && double.TryParse(lower[..^unit.Length], NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var amount) && amount <= 1e12
            ? (long)(amount * Math.Pow(1024, power))
            : throw new BuilderException(EngineErrors.BadFilter, $"'{text}' is no size", "write it as a number of bytes, or with k, m, g or t, such as 20GB");
    }
}
