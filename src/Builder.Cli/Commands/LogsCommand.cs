using System.CommandLine;
using System.Globalization;
using System.Text;
using Builder.Cli.Displays;
using Builder.Containers;
using Builder.Diagnostics;
using Builder.Engine.Containers.Working;
using Builder.Engine.Images;

namespace Builder.Cli.Commands;

/// <summary><c>builder logs</c>: what a container has written.</summary>
internal static class LogsCommand
{
    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Wait for more until the container ends" };
    private static readonly Option<string?> Tail = new("--tail", "-n") { Description = "Only the last so many lines, or all", HelpName = "lines" };
    private static readonly Option<string?> Since = new("--since") { Description = "Only what is younger: a time, or how long ago (10m)", HelpName = "time" };
    private static readonly Option<string?> Until = new("--until") { Description = "Only what is older", HelpName = "time" };
    private static readonly Option<bool> Timestamps = new("--timestamps", "-t") { Description = "Put the time before each line" };
    private static readonly Argument<string> Container = new("container") { Description = "Name or id of a container" };

    public static Command Create()
    {
        var command = new Command("logs", "Show what a container has written") { Follow, Tail, Since, Until, Timestamps, Container };
        command.SetAction((parsed, _) => Session.RunAsync((session, token) => ShowAsync(session, parsed, token)));
        return command;
    }

    private static async Task<int> ShowAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        var selection = new LogSelection(
            TailOf(parsed.GetValue(Tail)),
            parsed.GetValue(Since) is { } since ? Moments.Parse(since, now) : null,
            parsed.GetValue(Until) is { } until ? Moments.Parse(until, now) : null,
            parsed.GetValue(Follow));
        var container = session.Store.Containers.Get(parsed.GetValue(Container)!);
        var showsTime = parsed.GetValue(Timestamps);
        await foreach (var piece in new ContainerLogReader(session.Store, TimeProvider.System).ReadAsync(container, selection, cancellationToken))
        {
            var time = showsTime ? piece.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z '", CultureInfo.InvariantCulture) : "";
            Terminal.Write(piece.Stream == OutputStream.Stderr, Encoding.UTF8.GetBytes(time + piece.Text));
        }

        return 0;
    }

    private static int? TailOf(string? text) => text switch
    {
        null or "all" => null,
        _ when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var lines) => lines < 0 ? null : lines,
        _ => throw new BuilderException(CliErrors.Usage, $"--tail {text}: it is a number of lines, or all"),
    };
}
