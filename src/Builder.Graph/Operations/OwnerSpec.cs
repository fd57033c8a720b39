using System.Globalization;
using Builder.Diagnostics;

namespace Builder.Graph.Operations;

/// <summary>
/// What <c>--chown</c> says: numbers stand for themselves, names are looked up in the root's passwd and group files. At
/// most one of id and name is set for each of the two.
/// </summary>
/// <param name="Gid">Null together with <paramref name="GroupName"/>: the group that passwd gives the named user.</param>
public sealed record OwnerSpec(uint? Uid, string? UserName, uint? Gid, string? GroupName)
{
    /// <summary>Whether the root's own files are needed to know the ids.</summary>
    public bool HasNames => UserName is not null || GroupName is not null;

    /// <summary><c>5</c> is 5:5, <c>5:</c> is 5:0, <c>:5</c> is 0:5; <c>user</c> has the group of its passwd entry.</summary>
    /// <exception cref="BuilderException">A second colon; <see cref="GraphErrors.InvalidOwner"/>.</exception>
    public static OwnerSpec Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(':');
        if (parts.Length > 2)
        {
            throw new BuilderException(GraphErrors.InvalidOwner, $"invalid chown string {text}", "write it as user, user:group or :group");
        }

        var (uid, user) = Split(parts[0]);
        if (parts.Length == 1)
        {
            return new OwnerSpec(uid, user, uid, null);
        }

        var (gid, group) = Split(parts[1]);
        return new OwnerSpec(uid, user, gid, group);
    }

    private static (uint? Id, string? Name) Split(string text) =>
        text.Length == 0 ? (0u, null)
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? (id, null)
        : (null, text);
}
