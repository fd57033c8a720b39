using System.Globalization;

namespace Builder.Linux.Isolation.Seccomp;

/// <summary>One line of the table: a system call, when Docker's default profile allows it, and its numbers.</summary>
public sealed record SyscallRule(string Name, string Condition, IReadOnlyDictionary<string, uint> Numbers)
{
    private static readonly Lazy<IReadOnlyList<SyscallRule>> Table = new(Load);

    /// <summary>Every system call that any of the architectures has, from syscalls.tsv.</summary>
    public static IReadOnlyList<SyscallRule> All => Table.Value;

    /// <summary>
    /// What a filter answers. The conditions are those of the table, any of them suffices: <c>allow</c>,
    /// <c>deny</c>, a capability, <c>kernel&gt;=4.8</c> (any this program runs on), architectures (of the machine,
    /// also for its foreign conventions), or a look at the arguments.
    /// </summary>
    public SeccompAnswer Answer(SeccompArchitecture machine, CapabilitySet granted)
    {
        ArgumentNullException.ThrowIfNull(machine);
        var conditions = Condition.Split("; ");
        return conditions.Any(condition => Holds(condition, machine, granted))
            ? SeccompAnswer.Allow
            : (Name, conditions[^1]) switch
            {
                ("socket", "arg-filter") => SeccompAnswer.AllowHarmlessFamilies,
                ("personality", "arg-filter") => SeccompAnswer.AllowHarmlessPersonalities,
                ("clone", "arg-filter-unless-SYS_ADMIN") => SeccompAnswer.AllowWithoutNamespaces,
                ("clone3", "errno38-unless-SYS_ADMIN") => SeccompAnswer.NoSuchCall,
                _ => SeccompAnswer.Deny,
            };
    }

    private static bool Holds(string condition, SeccompArchitecture machine, CapabilitySet granted) => condition switch
    {
        "allow" or "kernel>=4.8" => true,
        _ when condition.StartsWith("arch:", StringComparison.Ordinal) => condition[5..].Split(',').Contains(machine.PolicyName),
        _ when condition.StartsWith("CAP_", StringComparison.Ordinal) =>
            granted.Contains(CapabilitySet.FromName(condition) ?? throw new InvalidDataException($"unknown capability in the table: {condition}")),
        _ => false,
    };

    private static List<SyscallRule> Load()
    {
        using var stream = typeof(SyscallRule).Assembly.GetManifestResourceStream("syscalls.tsv")!;
        using var reader = new StreamReader(stream);
        var columns = reader.ReadLine()!.Split('\t');
        var rules = new List<SyscallRule>();
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split('\t');
            var numbers = new Dictionary<string, uint>();
            for (var i = 2; i < columns.Length; i++)
            {
                if (fields[i].Length > 0)
                {
                    numbers.Add(columns[i], uint.Parse(fields[i], CultureInfo.InvariantCulture));
                }
            }

            rules.Add(new SyscallRule(fields[0], fields[1], numbers));
        }

        return rules;
    }
}

/// <summary>What a filter answers to a system call.</summary>
public enum SeccompAnswer
{
    Allow,

    /// <summary>EPERM.</summary>
    Deny,

    /// <summary>ENOSYS, so that libraries fall back to an older call.</summary>
    NoSuchCall,

    /// <summary>socket(2) of any family but AF_ALG and AF_VSOCK.</summary>
    AllowHarmlessFamilies,

    /// <summary>personality(2) with one of the values that only change what uname(2) says.</summary>
    AllowHarmlessPersonalities,

    /// <summary>clone(2) that makes no namespace.</summary>
    AllowWithoutNamespaces,
}
