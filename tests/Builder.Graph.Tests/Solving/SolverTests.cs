using System.Diagnostics;
using Builder.Diagnostics;
using Builder.Graph.Solving;
using static Builder.Graph.Tests.Solving.Steps;

namespace Builder.Graph.Tests.Solving;

public sealed class SolverTests
{
    private readonly FakeBuild build = new();

    [Fact]
    public async Task A_chain_runs_from_its_source_upwards_and_gives_the_result_of_the_target()
    {
        var result = await build.SolveAsync(Run("b", Run("a", Image("base"))));

        Assert.Equal(["base", "a", "b"], build.RunNames);
        Assert.Equal("b(a(base()))", Assert.Single(result).Content);
    }

    [Fact]
    public async Task A_shared_vertex_runs_once_even_when_it_was_described_twice()
    {
        var target = Join("top", Run("left", Run("shared", Scratch)), Run("right", Run("shared", Scratch)));

        await build.SolveAsync(target);

        Assert.Single(build.RunNames, "shared");
    }

    [Fact]
    public async Task A_cached_target_touches_nothing_below_it()
    {
        var target = Run("c", Run("b", Run("a", Image("base"))));
        await build.SolveAsync(target);

        await build.Again().SolveAsync(target);

        Assert.Empty(build.Runs);
        Assert.Single(build.Searches);
        Assert.IsType<VertexCached>(build.Events.First());
        Assert.Equal(["base", "a", "b"], build.Events.Skip(1).Cast<VertexSkipped>().Select(e => e.Vertex.DisplayName));
    }

    [Fact]
    public async Task Only_what_is_above_a_change_runs_again()
    {
        await build.SolveAsync(Run("c", Run("b", Run("a", Image("base")))));

        await build.Again().SolveAsync(Run("c2", Run("b", Run("a", Image("base")))));

        Assert.Equal(["c2"], build.RunNames);
    }

    [Fact]
    public async Task A_copy_is_known_by_what_it_selects_of_the_context()
    {
        var target = Copy("/src", Scratch, Folder);
        build.Context = (_, _) => "one";
        await build.SolveAsync(target);

        await build.Again().SolveAsync(target);
        Assert.Empty(build.Runs);

        build.Context = (_, _) => "two";
        await build.Again().SolveAsync(target);
        Assert.Contains("copy /src", build.RunNames);
    }

    [Fact]
    public async Task A_context_is_never_run_and_is_null_among_the_inputs()
    {
        IReadOnlyList<FakeResult?>? seen = null;
        build.OnRun = (vertex, inputs, _) =>
        {
            seen = inputs;
            return Task.FromResult(new FakeResult("x"));
        };

        await build.SolveAsync(Copy("/src", Scratch, Folder));

        Assert.DoesNotContain("folder", build.RunNames);
        Assert.NotNull(seen![0]);
        Assert.Null(seen[1]);
        Assert.DoesNotContain(build.Events, e => e.Vertex.DisplayName is "folder" or "");
    }

    [Fact]
    public async Task A_copy_from_a_stage_that_was_rebuilt_with_the_same_files_is_known_and_so_is_what_follows()
    {
        static Vertex Final(string compile) => Run("use", Copy("/binary", Image("base"), Run(compile, Image("sdk"))));
        build.OnRun = (vertex, inputs, _) => Task.FromResult(new FakeResult(
            vertex.DisplayName.StartsWith("compile", StringComparison.Ordinal) ? "same bytes" : vertex.DisplayName + (inputs is [var first, ..] ? first?.Content : null)));
        await build.SolveAsync(Final("compile v1"));

        await build.Again().SolveAsync(Final("compile v2"));

        Assert.Equal(["base", "compile v2", "sdk"], build.RunNames.Order(StringComparer.Ordinal));

        await build.Again().SolveAsync(Final("compile v2"));
        Assert.Empty(build.Runs);
    }

    [Fact]
    public async Task A_step_on_a_result_that_changed_runs_again()
    {
        var count = 0;
        build.OnRun = (vertex, inputs, _) => Task.FromResult(new FakeResult($"{vertex.DisplayName} {Interlocked.Increment(ref count)}"));
        await build.SolveAsync(Run("b", Run("a v1", Scratch)));

        await build.Again().SolveAsync(Run("b", Run("a v2", Scratch)));

        Assert.Equal(["a v2", "b"], build.RunNames.Where(name => name.Length > 0));
    }

    [Fact]
    public async Task Without_cache_a_step_runs_and_those_above_it_are_known_only_by_its_result()
    {
        var fresh = "same";
        build.OnRun = (vertex, inputs, _) => Task.FromResult(new FakeResult(vertex.DisplayName == "a" ? fresh : vertex.DisplayName));
        await build.SolveAsync(Run("b", Run("a", Scratch)));
        var target = Run("b", Run("a", Scratch, ignoreCache: true));

        await build.Again().SolveAsync(target);
        Assert.Equal(["", "a"], build.RunNames);

        fresh = "other";
        await build.Again().SolveAsync(target);
        Assert.Equal(["", "a", "b"], build.RunNames);
    }

    [Fact]
    public async Task Without_cache_and_without_result_keys_everything_above_runs()
    {
        build.SeenResult = (_, _, _) => null;
        await build.SolveAsync(Run("b", Run("a", Scratch)));

        await build.Again().SolveAsync(Run("b", Run("a", Scratch, ignoreCache: true)));

        Assert.Equal(["", "a", "b"], build.RunNames);
    }

    [Fact] // B2: independent stages
    public async Task Independent_vertices_run_at_the_same_time()
    {
        using var barrier = new Barrier(3);
        build.OnRun = async (vertex, _, token) =>
        {
            if (vertex.DisplayName.StartsWith('p'))
            {
                await Task.Factory.StartNew(
                    () => Assert.True(barrier.SignalAndWait(TimeSpan.FromSeconds(20), token)), token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }

            return new FakeResult(vertex.DisplayName);
        };

        await build.SolveAsync(Join("top", Scratch, Run("p1", Scratch), Run("p2", Scratch), Run("p3", Scratch)), jobs: 3);

        Assert.Equal(3, build.MostRunning);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Never_more_run_than_there_are_jobs(int jobs)
    {
        build.OnRun = async (vertex, _, token) =>
        {
            await Task.Delay(1, token);
            return new FakeResult(vertex.DisplayName);
        };

        await build.SolveAsync(Join("top", Scratch, [.. Enumerable.Range(0, 20).Select(i => Run($"p{i}", Scratch))]), jobs);

        Assert.Equal(jobs, build.MostRunning);
    }

    [Fact]
    public async Task The_first_failure_stops_the_others_is_reported_and_nothing_is_left_running()
    {
        var slowStarted = new TaskCompletionSource();
        var slowEnded = false;
        build.OnRun = async (vertex, _, token) =>
        {
            if (vertex.DisplayName == "slow")
            {
                slowStarted.SetResult();
                try
                {
                    await Task.Delay(Timeout.Infinite, token);
                }
                finally
                {
                    await Task.Delay(20, CancellationToken.None);
                    slowEnded = true;
                }
            }

            if (vertex.DisplayName == "bad")
            {
                await slowStarted.Task;
                throw new InvalidOperationException("first");
            }

            return new FakeResult(vertex.DisplayName);
        };

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => build.SolveAsync(Run("after", Join("top", Scratch, Run("slow", Scratch), Run("bad", Scratch)))));

        Assert.Equal("first", error.Message);
        Assert.True(slowEnded);
        Assert.Equal(0, build.Running);
        Assert.Equal("bad", Assert.Single(build.Events.OfType<VertexFailed>()).Vertex.DisplayName);
        Assert.Equal("slow", Assert.Single(build.Events.OfType<VertexCanceled>()).Vertex.DisplayName);
        Assert.DoesNotContain("top", build.RunNames);
    }

    [Fact]
    public async Task A_failure_gets_the_place_of_its_instruction()
    {
        var span = new SourceText("Dockerfile", "FROM scratch\nRUN bad\n").Span(13, 7);
        var bad = new Vertex(Run("bad", Scratch).Operation, [Scratch]) { DisplayName = "bad", SourceSpan = span };
        build.OnRun = (vertex, _, _) => vertex == bad
            ? throw new BuilderException(new ErrorCode(1200), "it failed")
            : Task.FromResult(new FakeResult(""));

        var error = await Assert.ThrowsAsync<BuilderException>(() => build.SolveAsync(bad));

        Assert.Equal(2, error.Span!.Line);
    }

    [Fact]
    public async Task A_context_that_cannot_be_read_fails_its_step_before_anything_runs()
    {
        build.Context = (vertex, _) => vertex.DisplayName == "copy /missing" ? throw new InvalidOperationException("not found") : "ok";
        var target = Copy("/missing", Copy("/there", Run("a", Image("base")), Folder), Folder);

        await Assert.ThrowsAsync<InvalidOperationException>(() => build.SolveAsync(target));

        Assert.Empty(build.Runs);
        Assert.Equal("copy /missing", Assert.IsType<VertexFailed>(Assert.Single(build.Events)).Vertex.DisplayName);
    }

    [Fact]
    public async Task Cancelling_waits_for_what_runs_and_throws()
    {
        using var cancel = new CancellationTokenSource();
        build.OnRun = async (vertex, _, token) =>
        {
            cancel.CancelAfter(1);
            await Task.Delay(Timeout.Infinite, token);
            return new FakeResult("");
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => build.SolveAsync(Run("a", Image("base")), cancellationToken: cancel.Token));

        Assert.Equal(0, build.Running);
        Assert.IsType<VertexCanceled>(build.Events.Last());
        Assert.DoesNotContain(build.Events, e => e is VertexFailed);
    }

    [Fact]
    public async Task What_was_done_before_a_failure_is_kept()
    {
        build.OnRun = (vertex, _, _) => vertex.DisplayName == "bad" ? throw new InvalidOperationException() : Task.FromResult(new FakeResult(vertex.DisplayName));
        await Assert.ThrowsAsync<InvalidOperationException>(() => build.SolveAsync(Run("bad", Run("good", Scratch))));

        await Assert.ThrowsAsync<InvalidOperationException>(() => build.Again().SolveAsync(Run("bad", Run("good", Scratch))));

        Assert.DoesNotContain("good", build.RunNames);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ten_thousand_steps_on_top_of_each_other_neither_overflow_nor_take_long(bool ignoreCache)
    {
        var target = Scratch;
        for (var i = 0; i < 10_000; i++)
        {
            target = Run($"step {i}", target, ignoreCache);
        }

        build.OnRun = (vertex, _, _) => Task.FromResult(new FakeResult(vertex.DisplayName));
        var watch = Stopwatch.StartNew();
        await build.SolveAsync(target);

        Assert.Equal(10_001, build.Runs.Count);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    [Fact]
    public async Task Ten_thousand_steps_beside_each_other_run_once_each()
    {
        var target = Join("top", Scratch, [.. Enumerable.Range(0, 10_000).Select(i => Run($"step {i}", Scratch))]);
        build.OnRun = (vertex, _, _) => Task.FromResult(new FakeResult(vertex.DisplayName));

        await build.SolveAsync(target);

        Assert.Equal(10_002, build.Runs.Count);
    }

    [Fact]
    public async Task Stored_results_come_with_an_explanation_of_their_key()
    {
        await build.SolveAsync(Run("a", Scratch));
        var before = build.Explanations.Values.First();
        build.Explanations.Clear();
        await build.SolveAsync(Run("b", Scratch));

        var difference = Assert.Single(build.Explanations.Values.First(e => e.Parts.Any(part => part.Value == "b")).DifferencesFrom(before), d => d.Name == "argument");

        Assert.Equal(["a"], difference.Before);
        Assert.Equal(["b"], difference.After);
    }
}
