using System.Collections;
using System.Globalization;
using Builder.Diagnostics;
using Builder.Linux.Processes;
using Builder.Linux.Script;

namespace Builder.Linux.Isolation;

/// <summary>
/// Enters a user namespace, in which an ordinary user is root. A process with several threads cannot do that, so the
/// program is executed once more inside, with the same arguments, while this process waits. From then on everything
/// is as for root.
/// </summary>
public static class UserNamespaceEntry
{
    private const string Marker = "BUILDER_IN_USER_NAMESPACE";

    /// <summary>Whether this process is not root, neither of the machine nor of a user namespace.</summary>
    public static bool IsNeeded => Native.Libc.EffectiveUserId() != 0;

    /// <summary>
    /// Executes this program again as root of new user and mount namespaces and waits for its end. Passes on SIGINT,
    /// SIGTERM, SIGHUP and SIGQUIT; if this process is killed, the other one is as well.
    /// </summary>
    /// <returns>What this process should exit with.</returns>
    /// <exception cref="BuilderException">
    /// <see cref="LinuxErrors.UserNamespace"/>: the machine does not allow it, with the reason;
    /// <see cref="LinuxErrors.IdMap"/>: the ids of the user could not be mapped.
    /// </exception>
    /// <param name="entered">Gets the id of the process that is in the namespaces then.</param>
    public static int Reexec(Action<int>? entered = null)
    {
        if (Environment.GetEnvironmentVariable(Marker) is not null)
        {
            throw new BuilderException(LinuxErrors.UserNamespace, "entering a user namespace did not make this user root in it", $"unset {Marker} if it was set by hand");
        }

        var ignored = IgnoredSignals();
        var maps = IdMapWriter.ForThisUser();
        using var mapped = Pipe.Create();
        using var parentAlive = Pipe.Create(nonBlocking: true);
        using var script = Script(maps, mapped, parentAlive, ignored);
        using var child = Launch(script, id =>
        {
            maps.Write(id);
            Descriptors.Signal(mapped.Writer);
        });
        entered?.Invoke(child.Id);
        using var forwarding = new SignalForwarding(child, ignored);
        return child.Wait().Code;
    }

    private static SyscallScript Script(IdMapWriter maps, Pipe mapped, Pipe parentAlive, ulong ignoredSignals)
    {
        var script = new SyscallScript();
        script.ResetSignals(ignoredSignals);
        script.Close(script.Descriptor(mapped.Writer));
        script.Close(script.Descriptor(parentAlive.Writer));
        script.Read(script.Descriptor(mapped.Reader), "waiting for the ids of the user namespace").AtLeast(1);
        if (!maps.IsSingleId)
        {
            script.SetGroups([]);
        }

        script.SetUser(0, 0);
        script.MakeMountsSlave();
        script.DieWithParent(script.Descriptor(parentAlive.Reader));
        script.CloseAll();
        script.ExecuteThisProgram(Arguments(), EnvironmentWithMarker());
        return script;
    }

    private static ChildProcess Launch(SyscallScript script, Action<int> writeMaps)
    {
        try
        {
            var (child, failure) = ScriptRunner.Launch(script, Namespaces.User | Namespaces.Mount, writeMaps);
            return child ?? throw (failure!.Errno is Errno.EPERM or Errno.EACCES
                ? UserNamespaceRefusal.Explain(failure.Errno, UserNamespaceRefusal.ReadSetting)
                : new BuilderException(LinuxErrors.UserNamespace, $"entering a user namespace: {failure}"));
        }
        catch (LinuxException refused) when (refused.Call == "clone")
        {
            throw UserNamespaceRefusal.Explain(refused.Errno, UserNamespaceRefusal.ReadSetting);
        }
    }

    /// <summary>As the kernel has them: what a managed Main is given lacks the program and, under dotnet, the assembly.</summary>
    private static string[] Arguments() => File.ReadAllText("/proc/self/cmdline")[..^1].Split('\0');

    private static List<string> EnvironmentWithMarker() =>
        [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => $"{variable.Key}={variable.Value}"), $"{Marker}=1"];

    private static ulong IgnoredSignals()
    {
        var line = File.ReadLines("/proc/self/status").First(each => each.StartsWith("SigIgn:", StringComparison.Ordinal));
        return ulong.Parse(line.AsSpan("SigIgn:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
