using System.Globalization;
using Builder.Linux.Files;
using Builder.Linux.Processes;

namespace Builder.Storage.Containers;

/// <summary>
/// Which processes are in the user namespace of an ordinary user's containers (<c>containers/members</c>): commands that are on their way
/// to start one are found here before their container is. One command at a time looks and joins, so two that start at one moment meet.
/// </summary>
public sealed class NamespaceMembers : IDisposable
{
    private readonly FileLock turn;
    private readonly string path;

    private NamespaceMembers(FileLock turn, string path) => (this.turn, this.path) = (turn, path);

    /// <summary>Waits for this process's turn, which ends with <see cref="Dispose"/>. Blocks the calling thread.</summary>
    internal static NamespaceMembers WaitIn(string folder)
    {
        Directory.CreateDirectory(folder);
        return new NamespaceMembers(FileLock.Acquire(Path.Combine(folder, "members.lock")), Path.Combine(folder, "members"));
    }

    /// <summary>A process that is in the namespace; null when there is none, and one may be made.</summary>
    public ProcessHandle? Find() => Read().Select(member => ProcessHandle.Find(member.Id, member.Started)).FirstOrDefault(process => process is not null);

    /// <summary>Says that a process is in the namespace now, and forgets those that have ended.</summary>
    public void Add(int processId)
    {
        var alive = Read().Where(member => ProcessHandle.StartOf(member.Id) == member.Started).Append((processId, ProcessHandle.StartOf(processId)));
        File.WriteAllLines(path, alive.Select(member => string.Create(CultureInfo.InvariantCulture, $"{member.Item1} {member.Item2}")));
    }

    public void Dispose() => turn.Dispose();

    /// <summary>A line that is none was being written when its writer was killed.</summary>
    private List<(int Id, ulong Started)> Read()
    {
        var members = new List<(int, ulong)>();
        foreach (var line in File.Exists(path) ? File.ReadAllLines(path) : [])
        {
            if (line.Split(' ') is [var id, var started]
                && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && ulong.TryParse(started, NumberStyles.None, CultureInfo.InvariantCulture, out var time))
            {
                members.Add((number, time));
            }
        }

        return members;
    }
}
