using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Containers.Working;
using Builder.Linux.Isolation;
using Builder.Linux.Processes;
using Builder.Storage.Containers;

namespace Builder.Cli.Containers;

/// <summary>
/// A container that outlives the command that starts it. Its supervisor is this program, started once more in a session of its own,
/// for this one container; what it has to say about the start it says through a pipe.
/// </summary>
internal static class Background
{
    /// <summary>Not for people: what this program is started again with.</summary>
    public const string Verb = "container-supervise";
    private const string Restore = "--restore";
    private const string Started = "started";
    private const byte EndOfWords = 0;

    /// <summary>Returns when the container's program has been executed.</summary>
    /// <returns>0, or the exit code of a container that could not be started, which has been said then.</returns>
    public static async Task<int> StartAsync(StoredContainer container, CancellationToken cancellationToken, bool fromCheckpoint = false)
    {
        string[] arguments = fromCheckpoint ? [Verb, container.Id, Restore] : [Verb, container.Id];
        var code = await Task.Run(() => Start(new SelfStart { Arguments = arguments }), CancellationToken.None).WaitAsync(cancellationToken);
        if (code == 0 && ContainerNetwork.FallBack(container.Record.Settings, StoredIsolation.Of(container).PrivateNetwork) is { } note)
        {
            // The supervisor has nobody to say it to.
            Terminal.WriteErrorLine($"note: {note}");
        }

        return code;
    }

    /// <summary>Starts this program in the background and waits until it says that what it is for has been started, or why not.</summary>
    public static int Start(SelfStart start)
    {
        using var words = Pipe.Create();
        using (var started = SelfExecution.Start(start with { IsDetached = true, Output = words.Writer }))
        {
            words.Writer.Dispose();
        }

        var said = Listen(words.Reader);
        if (said == Started)
        {
            return 0;
        }

        var newline = said.IndexOf('\n', StringComparison.Ordinal);
        Terminal.WriteErrorLine(newline < 0 ? "error: the process that was to look after the container was killed" : said[(newline + 1)..].TrimEnd());
        return newline > 0 && int.TryParse(said[..newline], CultureInfo.InvariantCulture, out var code) ? code : StartFailures.NotStarted;
    }

    public static void SayStarted() => Say(Started);

    /// <returns>The exit code that the starter will have.</returns>
    public static int SayFailed(BuilderException error)
    {
        Say($"{StartFailures.ExitCodeOf(error)}\n{ErrorDisplay.Render(error)}");
        return StartFailures.ExitCodeOf(error);
    }

    /// <summary>What the supervisor says: until its end, or until it says that it has said all.</summary>
    private static string Listen(SafeHandle reader)
    {
        var said = new List<byte>();
        var buffer = new byte[4096];
        for (int count; (said.Count == 0 || said[^1] != EndOfWords) && (count = Descriptors.Read(reader, buffer)) > 0;)
        {
            said.AddRange(buffer.AsSpan(0, count));
        }

        return Encoding.UTF8.GetString([.. said]).TrimEnd((char)EndOfWords);
    }

    /// <summary>The verb of the supervisor, which is nobody else's to use.</summary>
    public static Command CreateVerb()
    {
        var id = new Argument<string>("id");
        var restore = new Option<bool>(Restore);
        var command = new Command(Verb) { id, restore };
        command.Hidden = true;
        command.SetAction((parsed, _) => Session.RunAsync((session, token) => SuperviseAsync(session, parsed.GetValue(id)!, parsed.GetValue(restore), token)));
        return command;
    }

    private static async Task<int> SuperviseAsync(Session session, string id, bool fromCheckpoint, CancellationToken cancellationToken)
    {
        try
        {
            // The store's other things are in nobody's way while the container runs.
            using var hold = await new ContainerControl(session.Store, TimeProvider.System).HoldAsync(session.Store.Containers.Get(id), CancellationToken.None);
            var exit = await new ContainerSupervisor(session.Store, StoredIsolation.Of(hold.Container), TimeProvider.System).RunAsync(
                hold, new ContainerConsole { Started = (_, _) => SayStarted(), FromCheckpoint = fromCheckpoint }, cancellationToken);
            return exit.ExitCode;
        }
        catch (BuilderException e)
        {
            return SayFailed(e);
        }
    }

    /// <summary>The one word that the starter waits for; after it nobody listens.</summary>
    private static void Say(string word)
    {
        Terminal.Write(toError: false, [.. Encoding.UTF8.GetBytes(word), EndOfWords]);
        Descriptors.Silence(1);
    }
}
