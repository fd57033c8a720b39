namespace Builder.Archives.Compression;

/// <summary>
/// Joins CRC-32 values (RFC 1952): from the sums of two pieces to the sum of both in a row, without their bytes. A sum is a
/// polynomial over GF(2), lowest bit the highest power; appending n bytes multiplies it by x^8n modulo the CRC's polynomial.
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB8_8320;
    private const uint One = 0x8000_0000;

    /// <summary>x^8: the shift by one byte.</summary>
    private const uint ByteShift = One >> 8;

    public static uint Combine(uint first, uint second, long secondLength) => Multiply(Shift(secondLength), first) ^ second;

    /// <summary>x^8n modulo the polynomial, by squaring.</summary>
    private static uint Shift(long bytes)
    {
        var result = One;
        for (var power = ByteShift; bytes > 0; bytes >>= 1, power = Multiply(power, power))
        {
            result = (bytes & 1) != 0 ? Multiply(result, power) : result;
        }

        return result;
    }

    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (var bit = One; bit != 0; bit >>= 1)
        {
            product ^= (a & bit) != 0 ? b : 0;
            b = (b & 1) != 0 ? (b >> 1) ^ Polynomial : b >> 1;
        }

        return product;
    }
}
