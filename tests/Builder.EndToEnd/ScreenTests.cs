using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>What a person sees in a terminal, compared screen by screen.</summary>
public sealed class ScreenTests : IDisposable
{
    private const string Waiting = "RUN --mount=type=cache,id=gate,target=/gate echo waiting; seq 1 9; until [ -e /gate/open ]; do sleep 0.1; done; echo gone";
    private readonly BuildScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task While_a_step_runs_its_clock_and_last_lines_are_shown_and_at_the_end_a_table()
    {
        // What is cached later, and what it once took.
        (await scene.BuildAsync("FROM base\nRUN sleep 0.3; echo one\n")).ExpectSuccess();
        await using var screen = await BuildAsync($"FROM base\nRUN sleep 0.3; echo one\n{Waiting}\n", 80, 24);
        var running = await screen.UntilAsync(shown => shown.Contains("| 9", StringComparison.Ordinal));
        Assert.Equal(
            """
            => [2/3] RUN sleep 0.3; echo one CACHED
            => [3/3] RUN --mount=type=cache,id=gate,target=/gate echo waiting; seq... TIME
               | 6
               | 7
               | 8
               | 9
            """,
            TerminalScreen.Generalise(running));
        Assert.False(await screen.ShowsCursorAsync());

        Open();
        Assert.Equal(
            """
            => [2/3] RUN sleep 0.3; echo one CACHED
            => [3/3] RUN --mount=type=cache,id=gate,target=/gate echo waiting; seq... TIME
            => [1/3] FROM base CACHED
            STEP TIME CPU WRITTEN
            [3/3] RUN --mount=type=cache,id=gate,target=/gate echo ... TIME TIME SIZE
            total TIME, 2 of 3 steps cached, TIME saved
            ID
            [exit 0]
            """,
            TerminalScreen.Generalise(WithoutMemory(await screen.UntilExitAsync())));
        Assert.True(await screen.ShowsCursorAsync());
        Assert.Contains("\e[", await screen.ColoredAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_window_may_change_its_size_at_any_time_and_no_line_is_lost()
    {
        await using var screen = await BuildAsync($"FROM base\nRUN echo one\n{Waiting}\n", 80, 24);
        await screen.UntilAsync(shown => shown.Contains("| 9", StringComparison.Ordinal));
        foreach (var (columns, rows) in ((int, int)[])[(40, 24), (100, 24), (30, 10), (60, 30)])
        {
            await screen.ResizeAsync(columns, rows);

            // Drawn for the new width: cut there, with its clock, and the last lines below it.
            await screen.UntilAsync(shown => shown.Split('\n') is var lines
                && Array.FindLastIndex(lines, line => line.StartsWith("=> [3/3]", StringComparison.Ordinal)) is >= 0 and var at
                && IsCutFor(columns, lines[at]) && lines[^1] == "   | 9");
        }

        Open();
        await screen.UntilExitAsync();
        var all = await screen.AllAsync();
        Assert.True(Count(all, "=> [1/3] FROM base") == 1 && Count(all, "=> [2/3] RUN echo one") == 1, all);
        Assert.Matches(@"=> \[3/3\] RUN --mount.*  \d+\.\ds\n(.*\n)*STEP +TIME", all);
        Assert.Contains("[exit 0]", all, StringComparison.Ordinal);
    }

    /// <summary>As wide as the window lets it be, or whole.</summary>
    private static bool IsCutFor(int columns, string line) =>
        line.EndsWith('s') && (line.Length >= columns - 2 || line.Contains("echo gone", StringComparison.Ordinal)) && line.Length < columns;

    [Fact]
    public async Task A_narrow_window_has_what_fits()
    {
        await using var screen = await BuildAsync($"FROM base\n{Waiting}\n", 30, 12);
        var running = await screen.UntilAsync(shown => shown.Contains("| 9", StringComparison.Ordinal));
        Assert.Equal("=> [1/2] FROM base TIME\n=> [2/2] RUN --mount... TIME\n   | 6\n   | 7\n   | 8\n   | 9", TerminalScreen.Generalise(running));
        Open();
        var end = TerminalScreen.Generalise(await screen.UntilExitAsync());
        Assert.Contains("\nSTEP TIME", end, StringComparison.Ordinal);
        Assert.Contains("\n[2/2] RUN --mo... TIME", end, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_shows_the_instruction_its_last_lines_the_exit_code_and_what_to_do_next()
    {
        await using var screen = await BuildAsync("FROM base\nRUN echo one; echo two >&2; exit 7\n", 100, 24);
        var shown = TerminalScreen.Generalise(await screen.UntilExitAsync());
        Assert.Contains(
            """
            => [2/2] RUN echo one; echo two >&2; exit 7 ERROR TIME
            STEP TIME CPU WRITTEN
            [1/2] FROM base TIME
            [2/2] RUN echo one; echo two >&2; exit 7 ERROR TIME TIME SIZE
            total TIME
            """,
            WithoutMemory(shown),
            StringComparison.Ordinal);
        Assert.Contains("Dockerfile:2:1: error BLD1001: ", shown, StringComparison.Ordinal);
        Assert.Contains("    2 | RUN echo one; echo two >&2; exit 7\n      | ^^^^^^", shown, StringComparison.Ordinal);
        Assert.Contains("exit code: 7", shown, StringComparison.Ordinal);
        Assert.Contains("      | one\n      | two", shown, StringComparison.Ordinal);
        Assert.Contains("hint: ", shown, StringComparison.Ordinal);
        Assert.EndsWith("[exit 1]", shown, StringComparison.Ordinal);
        Assert.True(await screen.ShowsCursorAsync());
    }

    [Fact]
    public async Task Without_colours_there_are_none()
    {
        await using var screen = await BuildAsync("FROM base\nRUN echo one\n", 80, 24, ("NO_COLOR", "1"));
        Assert.EndsWith("[exit 0]", await screen.UntilExitAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("\e[", await screen.ColoredAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_that_cannot_draw_gets_lines()
    {
        await using var screen = await BuildAsync("FROM base\nRUN echo one\n", 80, 24, ("TERM", "dumb"));
        var shown = await screen.UntilExitAsync();
        Assert.Contains("#2 [2/2] RUN echo one\n", shown, StringComparison.Ordinal);
        Assert.Contains("#2 DONE ", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("=> ", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Letters_are_drawn_where_the_terminal_knows_them_and_marked_where_it_does_not()
    {
        const string Dockerfile = "FROM base\nRUN --mount=type=cache,id=gate,target=/gate echo 'größer 你'; until [ -e /gate/open ]; do sleep 0.1; done\n";
        await using (var known = await BuildAsync(Dockerfile, 80, 24))
        {
            await known.UntilAsync(shown => shown.Contains("   | größer 你", StringComparison.Ordinal));
            Open();
            await known.UntilExitAsync();
        }

        Close();
        await using var ascii = await BuildAsync(Dockerfile, 80, 24, ("LC_ALL", "C"), ("BUILDER_BUILD_NO_CACHE", "true"));
        await ascii.UntilAsync(shown => shown.Contains("   | gr??er ?", StringComparison.Ordinal));
        Open();
        await ascii.UntilExitAsync();
    }

    [Fact]
    public async Task Ctrl_C_leaves_the_terminal_as_it_was()
    {
        await using var screen = await BuildAsync($"FROM base\n{Waiting}\n", 80, 24);
        await screen.UntilAsync(shown => shown.Contains("| 9", StringComparison.Ordinal));
        await screen.TypeAsync("C-c");
        var shown = await screen.UntilExitAsync();
        Assert.EndsWith("canceled\n[exit 130]", shown, StringComparison.Ordinal);
        Assert.Contains("CANCELED", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("^C", shown, StringComparison.Ordinal);
        Assert.True(await screen.ShowsCursorAsync());
        await screen.CloseAsync();
        scene.Builder.AssertNothingIsLeftBehind();
    }

    private Task<TerminalScreen> BuildAsync(string dockerfile, int columns, int rows, params (string Name, string Value)[] environment)
    {
        scene.Files.Write("context/Dockerfile", dockerfile);
        return TerminalScreen.StartAsync(
            scene.Builder, columns, rows, environment.ToDictionary(pair => pair.Name, pair => pair.Value),
            "build", "--build-context", $"base={scene.Files.PathOf("base")}", "--cache-mount", $"id=gate,dir={scene.Files.Folder("gate")}", scene.Context);
    }

    private void Open() => scene.Files.Write("gate/open", "");

    private void Close() => File.Delete(scene.Files.PathOf("gate/open"));

    /// <summary>Memory is only known of steps that take more than Builder itself, which depends on the form that is tested.</summary>
    private static string WithoutMemory(string shown) => shown.Replace(" MEMORY", "", StringComparison.Ordinal);

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
