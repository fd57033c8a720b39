using System.Globalization;
using System.Text;
using Builder.Diagnostics;

namespace Builder.Containers;

/// <summary>
/// Turns the text of a USER instruction into numbers, with the image's own /etc/passwd and /etc/group: the first
/// matching line wins, malformed lines are skipped, a number needs no line.
/// </summary>
public static class UserLookup
{
    private const string Passwd = "/etc/passwd";
    private const string Group = "/etc/group";

    /// <param name="user"><c>user</c>, <c>user:group</c>, either part a name or a number; a missing user part is user 0; empty is root.</param>
    /// <param name="readFileInRoot">The bytes of a file by its absolute path inside the root, null when there is none; limits its size.</param>
    /// <exception cref="BuilderException"><see cref="ContainersErrors.UnknownUser"/>.</exception>
    public static ResolvedUser Resolve(string user, Func<string, byte[]?> readFileInRoot)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(readFileInRoot);
        var colon = user.IndexOf(':', StringComparison.Ordinal);
        var (userPart, groupPart) = colon < 0 ? (user, "") : (user[..colon], user[(colon + 1)..]);
        var entry = ResolveUser(userPart, Read(Passwd, readFileInRoot));

        // An explicit group replaces the supplementary ones as well.
        return groupPart.Length > 0
            ? new ResolvedUser(entry.Uid, ResolveGroup(groupPart, Read(Group, readFileInRoot)), [], entry.Home)
            : new ResolvedUser(entry.Uid, entry.Gid, entry.Name is null ? [] : GroupsOf(entry.Name, Read(Group, readFileInRoot)), entry.Home);
    }

    private sealed record PasswdEntry(string? Name, uint Uid, uint Gid, string Home);

    private static PasswdEntry ResolveUser(string part, IEnumerable<string[]> passwd)
    {
        var text = part.Length == 0 ? "0" : part;
        var number = ParseId(text);

        // A name may consist of digits only, so a line of that name goes before the number.
        var entries = passwd.Select(ParsePasswd).OfType<PasswdEntry>().ToList();
        var entry = entries.Find(e => e.Name == text) ?? entries.Find(e => e.Uid == number);
        if (entry is not null)
        {
            return entry;
        }

        if (number is { } uid)
        {
            return new PasswdEntry(null, uid, 0, uid == 0 ? "/root" : "/");
        }

        throw new BuilderException(
            ContainersErrors.UnknownUser,
            $"unable to find user {part}: no matching entries in passwd file",
            Hint(part, entries.Select(e => e.Name!)) ?? "add the user in an earlier step, or give its number");
    }

    private static uint ResolveGroup(string part, IEnumerable<string[]> groups)
    {
        var entries = groups.Where(IsGroup).ToList();
        if (entries.Find(fields => fields[0] == part) is { } entry)
        {
            return ParseId(entry[2])!.Value;
        }

        return ParseId(part) ?? throw new BuilderException(
            ContainersErrors.UnknownUser,
            $"unable to find group {part}: no matching entries in group file",
            Hint(part, entries.Select(fields => fields[0])) ?? "add the group in an earlier step, or give its number");
    }

    private static List<uint> GroupsOf(string name, IEnumerable<string[]> groups) =>
        [.. groups
            .Where(fields => IsGroup(fields) && fields.Length > 3 && fields[3].Split(',').Contains(name))
            .Select(fields => ParseId(fields[2])!.Value)
            .Distinct()];

    private static string? Hint(string word, IEnumerable<string> known) =>
        Suggestions.Nearest(word, known) is { } near ? $"did you mean {near}?" : null;

    private static bool IsGroup(string[] fields) => fields.Length >= 3 && fields[0].Length > 0 && ParseId(fields[2]) is not null;

    private static PasswdEntry? ParsePasswd(string[] fields) =>
        fields.Length >= 4 && fields[0].Length > 0 && ParseId(fields[2]) is { } uid && ParseId(fields[3]) is { } gid
            ? new PasswdEntry(fields[0], uid, gid, fields.Length > 5 && fields[5].StartsWith('/') ? fields[5] : "/")
            : null;

    /// <summary>Up to 2^32-2: the highest number means "no change" to the kernel.</summary>
    private static uint? ParseId(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != uint.MaxValue ? id : null;

    // Latin-1 keeps every byte apart; names in other encodings cannot be asked for, but must not confuse the others.
    private static IEnumerable<string[]> Read(string path, Func<string, byte[]?> readFileInRoot) =>
        readFileInRoot(path) is { } bytes
            ? Encoding.Latin1.GetString(bytes).Split('\n').Select(line => line.TrimEnd('\r').Split(':'))
            : [];
}
