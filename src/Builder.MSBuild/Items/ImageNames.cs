using System.Text;

namespace Builder.MSBuild.Items;

/// <summary>Image names made of what a project is called: as the SDK's containers do it, so that both agree.</summary>
internal static class ImageNames
{
    private const int MaxTag = 128;

    /// <summary><c>[registry/]repository:tag</c> for each tag.</summary>
    /// <param name="registry">Empty for none.</param>
    /// <param name="suffix">What a tag ends in besides, such as <c>net10.0</c>; empty for nothing.</param>
    public static IReadOnlyList<string> Of(string registry, string repository, IEnumerable<string> tags, string suffix)
    {
        var name = (registry.Length == 0 ? "" : registry.TrimEnd('/') + "/") + Repository(repository);
        return [.. tags.Select(tag => $"{name}:{Tag(suffix.Length == 0 ? tag : $"{tag}-{suffix}")}").Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Lower case, and a dash for what a repository's name may not have.</summary>
    public static string Repository(string text)
    {
        var parts = text.ToLowerInvariant().Split('/').Select(part => Replace(part, IsRepositoryLetter).Trim('-', '.', '_')).Where(part => part.Length > 0);
        var name = string.Join("/", parts);
        return name.Length == 0 ? "image" : name;
    }

    /// <summary>A tag has no <c>+</c>, which versions do.</summary>
    public static string Tag(string text)
    {
        var tag = Replace(text, letter => IsRepositoryLetter(char.ToLowerInvariant(letter))).TrimStart('-', '.');
        return tag.Length > MaxTag ? tag.Substring(0, MaxTag) : tag;
    }

    /// <summary>What another project's Dockerfile calls the image: the end of its repository, <c>api</c> of <c>ghcr.io/team/api:1.0</c>.</summary>
    public static string Short(string reference)
    {
        var start = reference.LastIndexOf('/') + 1;
        var end = reference.IndexOfAny([':', '@'], start);
        return reference.Substring(start, (end < 0 ? reference.Length : end) - start);
    }

    private static string Replace(string text, Func<char, bool> isAllowed)
    {
        var replaced = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            replaced.Append(isAllowed(letter) ? letter : '-');
        }

        return replaced.ToString();
    }

    private static bool IsRepositoryLetter(char letter) => letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_' or '-';
}
