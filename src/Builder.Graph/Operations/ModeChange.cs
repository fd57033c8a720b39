using Builder.Diagnostics;

namespace Builder.Graph.Operations;

/// <summary>
/// What <c>--chmod</c> says: an octal mode, or a list of symbolic changes as chmod(1) takes them, with a umask of 0.
/// </summary>
public sealed class ModeChange
{
    private const string WayOut = "write it as in --chmod=755 or --chmod=u=rwX,go=rX";

    private readonly uint? octal;
    private readonly IReadOnlyList<Change> changes;

    private ModeChange(uint? octal, IReadOnlyList<Change> changes)
    {
        this.octal = octal;
        this.changes = changes;
    }

    /// <summary>Whether the new mode does not depend on the old one.</summary>
    public bool IsOctal => octal is not null;

    /// <exception cref="BuilderException"><see cref="GraphErrors.InvalidMode"/>.</exception>
    public static ModeChange Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length > 0 && char.IsAsciiDigit(text[0])
            ? new ModeChange(ParseOctal(text), [])
            : new ModeChange(null, [.. text.Split(',').SelectMany(clause => ParseClause(clause, text))]);
    }

    /// <summary>The permission bits (07777) of a file or directory after the change.</summary>
    public uint Apply(uint mode, bool isDirectory)
    {
        if (octal is { } absolute)
        {
            return absolute;
        }

        mode &= 0xFFF;
        foreach (var change in changes)
        {
            mode = change.Apply(mode, isDirectory);
        }

        return mode;
    }

    private static uint ParseOctal(string text)
    {
        uint mode = 0;
        foreach (var c in text)
        {
            mode = (mode << 3) | (uint)(c - '0');
            if (c is < '0' or > '7' || mode > 0xFFF)
            {
                throw new BuilderException(GraphErrors.InvalidMode, $"invalid chmod parameter: '{text}'. it should be octal string and between 0 and 07777");
            }
        }

        return mode;
    }

    private static IEnumerable<Change> ParseClause(string clause, string text)
    {
        var i = 0;
        var who = Who.None;
        for (; i < clause.Length && WhoOf(clause[i]) is { } one; i++)
        {
            who |= one;
        }

        if (who == Who.None)
        {
            who = Who.All;
        }

        if (i == clause.Length)
        {
            throw Invalid(text);
        }

        while (i < clause.Length)
        {
            var op = clause[i++];
            if (op is not ('+' or '-' or '='))
            {
                throw Invalid(text);
            }

            var start = i;
            while (i < clause.Length && clause[i] is not ('+' or '-' or '='))
            {
                if (!"rwxXstugo".Contains(clause[i], StringComparison.Ordinal))
                {
                    throw Invalid(text);
                }

                i++;
            }

            yield return new Change(who, op, clause[start..i]);
        }
    }

    private static BuilderException Invalid(string text) =>
        new(GraphErrors.InvalidMode, $"invalid chmod parameter: '{text}': invalid syntax", WayOut);

    private static Who? WhoOf(char c) => c switch
    {
        'u' => Who.User,
        'g' => Who.Group,
        'o' => Who.Other,
        'a' => Who.All,
        _ => null,
    };

    [Flags]
    private enum Who
    {
        None = 0,
        User = 1,
        Group = 2,
        Other = 4,
        All = 7,
    }

    private sealed record Change(Who Who, char Operator, string Permissions)
    {
        /// <summary>The bits that each one owns; as with GNU chmod, the sticky bit is that of the others.</summary>
        private uint Mask =>
            (Who.HasFlag(Who.User) ? 0x9C0u : 0) | (Who.HasFlag(Who.Group) ? 0x438u : 0) | (Who.HasFlag(Who.Other) ? 0x207u : 0);

        public uint Apply(uint mode, bool isDirectory)
        {
            var bits = Bits(mode, isDirectory);
            return Operator switch
            {
                '+' => mode | bits,
                '-' => mode & ~bits,
                _ => (mode & ~Mask) | bits,
            };
        }

        private uint Bits(uint mode, bool isDirectory)
        {
            uint bits = 0;
            foreach (var c in Permissions)
            {
                bits |= c switch
                {
                    'r' => Spread(4),
                    'w' => Spread(2),
                    'x' => Spread(1),
                    'X' => isDirectory || (mode & 0x49) != 0 ? Spread(1) : 0,
                    'u' => Spread((mode >> 6) & 7),
                    'g' => Spread((mode >> 3) & 7),
                    'o' => Spread(mode & 7),
                    's' => (Who.HasFlag(Who.User) ? 0x800u : 0) | (Who.HasFlag(Who.Group) ? 0x400u : 0),
                    _ => Who.HasFlag(Who.Other) ? 0x200u : 0,
                };
            }

            return bits;
        }

        private uint Spread(uint triplet) =>
            (Who.HasFlag(Who.User) ? triplet << 6 : 0) | (Who.HasFlag(Who.Group) ? triplet << 3 : 0) | (Who.HasFlag(Who.Other) ? triplet : 0);
    }
}
