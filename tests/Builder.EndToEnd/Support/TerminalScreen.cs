using System.Text.RegularExpressions;

namespace Builder.EndToEnd.Support;

/// <summary>
/// A terminal with a window of some size, in which a program runs: tmux, so that what is looked at is what a real terminal made of
/// what the program wrote.
/// </summary>
public sealed partial class TerminalScreen : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private readonly string socket;

    private TerminalScreen() => socket = folder.PathOf("tmux");

    /// <summary>Starts a program; when it has ended, the window says <c>[exit CODE]</c> and stays.</summary>
    public static async Task<TerminalScreen> StartAsync(BuilderProgram builder, int columns, int rows, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        Tool.Require("tmux");
        var screen = new TerminalScreen();
        string[] variables =
        [
            $"BUILDER_ROOT={builder.Store}", $"HOME={builder.Files.Path}", "BUILDER_NETWORK=host", "LC_ALL=C.UTF-8",
            .. environment.Select(pair => $"{pair.Key}={pair.Value}"),
        ];
        (await screen.TmuxAsync(
        [
            "-u", "-f", "/dev/null", "new-session", "-d", "-x", $"{columns}", "-y", $"{rows}",
            "env", "-u", "NO_COLOR", .. variables, "sh", "-c", "trap : INT; \"$@\"; echo \"[exit $?]\"; trap '' INT; exec sleep 1000", "sh", .. builder.CommandLine, .. arguments,
        ])).ExpectSuccess();
        return screen;
    }

    /// <summary>The window as a person sees it, without empty lines at its end.</summary>
    public async Task<string> ShownAsync() => (await TmuxAsync("capture-pane", "-p")).ExpectSuccess().Output.TrimEnd();

    /// <summary>What has scrolled up, and the window.</summary>
    public async Task<string> AllAsync() => (await TmuxAsync("capture-pane", "-p", "-J", "-S", "-")).ExpectSuccess().Output.TrimEnd();

    /// <summary>The window with its colours, as escape sequences.</summary>
    public async Task<string> ColoredAsync() => (await TmuxAsync("capture-pane", "-p", "-e")).ExpectSuccess().Output.TrimEnd();

    public async Task<bool> ShowsCursorAsync() => (await TmuxAsync("display-message", "-p", "#{cursor_flag}")).ExpectSuccess().Output.Trim() == "1";

    public async Task ResizeAsync(int columns, int rows) =>
        (await TmuxAsync("resize-window", "-x", $"{columns}", "-y", $"{rows}")).ExpectSuccess();

    public async Task TypeAsync(string keys) => (await TmuxAsync("send-keys", keys)).ExpectSuccess();

    /// <summary>Waits until the window satisfies a condition, and returns it; fails the test with the window when it never does.</summary>
    public async Task<string> UntilAsync(Func<string, bool> condition)
    {
        var shown = "";
        for (var i = 0; i < 400; i++)
        {
            shown = await ShownAsync();
            if (condition(shown))
            {
                return shown;
            }

            await Task.Delay(50);
        }

        Assert.Fail("the window never showed it:\n" + shown);
        return shown;
    }

    public Task<string> UntilExitAsync() => UntilAsync(shown => shown.Contains("[exit ", StringComparison.Ordinal));

    /// <summary>A window with times and sizes by their kind, blanks between columns once, and without the id of the image.</summary>
    public static string Generalise(string shown) =>
        Blanks().Replace(Ids().Replace(Amounts().Replace(Times().Replace(shown, "TIME"), "SIZE"), "ID"), " ");

    /// <summary>Ends whatever still runs in it, and waits until it has ended.</summary>
    public async Task CloseAsync()
    {
        var server = (await TmuxAsync("display-message", "-p", "#{pid}")).Output.Trim();
        await TmuxAsync("kill-server");
        for (var i = 0; server.Length > 0 && Directory.Exists($"/proc/{server}") && i < 200; i++)
        {
            await Task.Delay(25);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        folder.Dispose();
    }

    private Task<ToolResult> TmuxAsync(params string[] arguments) => Tool.RunAsync("tmux", ["-S", socket, .. arguments], new ToolOptions { Timeout = TimeSpan.FromSeconds(30) });

    [GeneratedRegex(@"\b(\d+\.\ds|\d+m\d\ds)")]
    private static partial Regex Times();

    [GeneratedRegex(@"\b\d+(\.\d+)?(B|kB|MB|GB)\b")]
    private static partial Regex Amounts();

    [GeneratedRegex("sha256:[0-9a-f]{64}")]
    private static partial Regex Ids();

    [GeneratedRegex("(?<=\\S) {2,}")]
    private static partial Regex Blanks();
}
