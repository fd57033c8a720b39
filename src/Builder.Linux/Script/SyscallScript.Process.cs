using Builder.Linux.Isolation;
using Builder.Linux.Processes;

namespace Builder.Linux.Script;

/// <summary>What a process is, apart from its files: signals, ids, capabilities, limits, program.</summary>
public sealed partial class SyscallScript
{
    private const int SetMask = 2;
    private const int ParentDeathSignal = 1;
    private const int BoundingSetDrop = 24;
    private const int NoNewPrivs = 38;
    private const int Ambient = 47;
    private const int AmbientClearAll = 4;
    private const int AmbientRaise = 2;
    private const int KeepCapabilities = 8;
    private const int JoinSessionKeyring = 1;
    private const int SeccompSetFilter = 1;
    private const int SeccompSpecAllow = 4;
    private const uint CapabilityVersion3 = 0x2008_0522;

    /// <summary>
    /// Default actions for all signals, none blocked. Ignored ones would stay ignored over execve(2), and the runtime
    /// ignores SIGPIPE; a handler of the runtime must not run before that.
    /// </summary>
    /// <param name="exceptions">Bit n-1: signal n stays as it is, for a program that was started to ignore it (nohup).</param>
    public void ResetSignals(ulong exceptions = 0)
    {
        var defaultAction = Data<ulong>([0, 0, 0, 0], "SIG_DFL");
        for (var signal = 1; signal <= Signals.Last; signal++)
        {
            if (signal is not (Signals.Kill or Signals.Stop) && (exceptions >> (signal - 1) & 1) == 0)
            {
                Add("sigaction", SystemCall.RtSigAction, signal, defaultAction, 0, sizeof(ulong));
            }
        }

        Add("sigprocmask", SystemCall.RtSigProcMask, SetMask, Data<ulong>([0], "no signals"), 0, sizeof(ulong));
    }

    /// <summary>
    /// Dies with the thread that launched. The kernel forgets this when the user id changes, so it comes after that; a
    /// parent that was gone before is recognised by the end of a pipe that only it holds open for writing.
    /// </summary>
    /// <param name="parentsPipe">A non-blocking read end whose write end this process has closed.</param>
    public void DieWithParent(ScriptValue parentsPipe)
    {
        Add("prctl(PR_SET_PDEATHSIG)", SystemCall.PrCtl, ParentDeathSignal, Signals.Kill, 0, 0, 0);
        var parentIsThere = Read(parentsPipe, "looking for the parent");
        parentIsThere.MayFail();
        parentIsThere.SkipOnError = 1;
        Add("exit", SystemCall.ExitGroup, 127);
    }

    /// <summary>
    /// A user namespace of its own, from here on. Everything made before stays its maker's: in the new namespace the process has
    /// every capability, and none over those mounts, networks and devices.
    /// </summary>
    /// <param name="maps">Gives the namespace its ids meanwhile, when passed to <see cref="ScriptRunner.Launch"/>.</param>
    public void EnterUserNamespace(LateIdMaps maps)
    {
        ArgumentNullException.ThrowIfNull(maps);
        Add("unshare of the user namespace", SystemCall.Unshare, (long)Namespaces.User);
        Add("telling of the user namespace", SystemCall.Write, Descriptor(maps.Entered.Writer), Text("!"), 1);
        Read(Descriptor(maps.Mapped.Reader), "waiting for the ids of the user namespace").AtLeast(1);
    }

    /// <summary>Becomes a member of control groups: it writes <c>0</c>, which stands for itself, to their files.</summary>
    public void JoinControlGroups(IEnumerable<System.Runtime.InteropServices.SafeHandle> membership)
    {
        ArgumentNullException.ThrowIfNull(membership);
        var self = Text("0");
        foreach (var file in membership)
        {
            Add("joining the control group", SystemCall.Write, Descriptor(file), self, 1);
        }
    }

    /// <summary>New namespaces of this process, from here on; that of time from its next program on (Linux 6.1).</summary>
    public ScriptOperation EnterNewNamespaces(Namespaces kinds, string description) => Add(description, SystemCall.Unshare, (long)kinds);

    /// <summary>Enters the namespace behind a descriptor.</summary>
    public ScriptOperation EnterNamespace(System.Runtime.InteropServices.SafeHandle place, Namespaces kind, string description) =>
        Add(description, SystemCall.SetNs, Descriptor(place), (long)kind);

    public ScriptOperation NewSession() => Add("setsid", SystemCall.SetSid);

    /// <summary>A keyring of its own; tolerated where the kernel has none or the quota is used up.</summary>
    public ScriptOperation NewKeyring() => Add("keyctl", SystemCall.KeyCtl, JoinSessionKeyring, 0).MayFail();

    public ScriptOperation SetHostname(string name) =>
        Add($"sethostname {name}", SystemCall.SetHostname, Text(name), System.Text.Encoding.UTF8.GetByteCount(name));

    public ScriptOperation SetLimit(int resource, string name, ulong soft, ulong hard) =>
        Add($"setting limit {name} to {soft}:{hard}", SystemCall.PrLimit, 0, resource, Data<ulong>([soft, hard], $"{soft}:{hard}"), 0);

    /// <summary>The group before the user: afterwards it is too late.</summary>
    public void SetUser(uint user, uint group)
    {
        Add($"setting group {group}", SystemCall.SetResGid, (long)group, (long)group, (long)group);
        Add($"setting user {user}", SystemCall.SetResUid, (long)user, (long)user, (long)user);
    }

    public ScriptOperation SetGroups(ReadOnlySpan<uint> groups) =>
        Add("setting supplementary groups", SystemCall.SetGroups, groups.Length, Data(groups, $"[{string.Join(", ", groups.ToArray())}]"));

    /// <summary>Takes from the bounding set what is not in <paramref name="kept"/>, up to the last that the kernel knows.</summary>
    public void LimitBoundingSet(CapabilitySet kept)
    {
        for (var capability = 0; capability <= CapabilitySet.LastOfKernel; capability++)
        {
            if (!kept.Contains(capability))
            {
                Add($"dropping capability {capability}", SystemCall.PrCtl, BoundingSetDrop, capability, 0, 0, 0);
            }
        }

        Add("clearing ambient capabilities", SystemCall.PrCtl, Ambient, AmbientClearAll, 0, 0, 0).MayFail();
    }

    /// <summary>Permitted and effective become <paramref name="capabilities"/>; inheritable becomes empty (CVE-2022-24769).</summary>
    public ScriptOperation SetCapabilities(CapabilitySet capabilities)
    {
        uint low = (uint)capabilities.Mask, high = (uint)(capabilities.Mask >> 32);
        return Add(
            "capset",
            SystemCall.CapSet,
            Data<uint>([CapabilityVersion3, 0], "version 3"),
            Data<uint>([low, low, 0, high, high, 0], $"{capabilities.Mask:x}"));
    }

    /// <summary>Lets the permitted capabilities outlive the next change of the user id.</summary>
    public ScriptOperation KeepCapabilitiesOverSetUser() => Add("prctl(PR_SET_KEEPCAPS)", SystemCall.PrCtl, KeepCapabilities, 1, 0, 0, 0);

    /// <summary>All five sets become <paramref name="capabilities"/>, so that programs of any user start with them.</summary>
    public void SetCapabilitiesOfAllPrograms(CapabilitySet capabilities)
    {
        uint low = (uint)capabilities.Mask, high = (uint)(capabilities.Mask >> 32);
        Add(
            "capset",
            SystemCall.CapSet,
            Data<uint>([CapabilityVersion3, 0], "version 3"),
            Data<uint>([low, low, low, high, high, high], $"{capabilities.Mask:x}, inheritable"));
        for (var capability = 0; capability <= CapabilitySet.LastOfKernel; capability++)
        {
            if (capabilities.Contains(capability))
            {
                Add($"making capability {capability} ambient", SystemCall.PrCtl, Ambient, AmbientRaise, capability, 0, 0);
            }
        }
    }

    public ScriptOperation ForbidNewPrivileges() => Add("prctl(PR_SET_NO_NEW_PRIVS)", SystemCall.PrCtl, NoNewPrivs, 1, 0, 0, 0);

    /// <summary>Loads a filter. Without no_new_privs this needs CAP_SYS_ADMIN.</summary>
    public ScriptOperation LoadFilter(ReadOnlySpan<BpfInstruction> program)
    {
        var instructions = Data(program, $"{program.Length} instructions");
        return Add("seccomp", SystemCall.Seccomp, SeccompSetFilter, SeccompSpecAllow, Data<long>([program.Length, instructions.Raw], instructions.ToString()));
    }

    /// <summary>Brings the loopback interface of the process's network namespace up (SIOCSIFFLAGS).</summary>
    public void EnableLoopback()
    {
        const int InternetFamily = 2, Datagram = 2, CloseOnExecSocket = 0x80000, SetInterfaceFlags = 0x8914, UpAndRunning = 0x41;
        Add("socket for the loopback interface", SystemCall.Socket, out var socket, "socket", InternetFamily, Datagram | CloseOnExecSocket, 0);
        var request = new byte[40];
        "lo"u8.CopyTo(request);
        request[16] = UpAndRunning;
        Add("bringing up the loopback interface", SystemCall.IoCtl, socket, SetInterfaceFlags, Data<byte>(request, "lo up"));
        Close(socket);
    }

    /// <summary>Executes the program that this process runs.</summary>
    public ScriptOperation ExecuteThisProgram(IReadOnlyCollection<string> argv, IReadOnlyCollection<string> environment) =>
        Add("executing Builder again", SystemCall.ExecVe, Text("/proc/self/exe"), Texts(argv), Texts(environment));

    /// <summary>
    /// Executes the first of the candidates that can be; the errors of all can be read from the operations. One whose
    /// path leads through a link of /proc to an open file is refused (ELOOP): /proc/self/exe is this very program
    /// here, which no image may get hold of (CVE-2019-5736).
    /// </summary>
    public IReadOnlyList<ScriptOperation> Execute(IEnumerable<string> candidates, IReadOnlyCollection<string> argv, IReadOnlyCollection<string> environment)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        var start = Operations.Count;
        var (arguments, variables) = (Texts(argv), Texts(environment));
        foreach (var path in candidates)
        {
            IfSucceeds(OpenWithoutMagicLinks(path), () => Add($"execve {path}", SystemCall.ExecVe, Text(path), arguments, variables).MayFail());
        }

        return operations[start..];
    }
}
