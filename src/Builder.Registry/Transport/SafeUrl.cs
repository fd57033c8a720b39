namespace Builder.Registry.Transport;

internal static class SafeUrl
{
    /// <summary>The URL as it may be shown: without query, which is where signatures and tokens travel.</summary>
    public static string Of(Uri uri)
    {
        var path = uri.AbsolutePath;
        var query = path.IndexOf('?', StringComparison.Ordinal);
        return $"{uri.Scheme}://{uri.Authority}{(query < 0 ? path : path[..query])}";
    }
}
