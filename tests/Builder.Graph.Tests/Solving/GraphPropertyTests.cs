using Builder.Diagnostics;
using Builder.Graph.Solving;
using CsCheck;
using static Builder.Graph.Tests.Solving.Steps;

namespace Builder.Graph.Tests.Solving;

/// <summary>What holds for every graph: made twice it is the same, a change reaches exactly what stands on it, work grows with size.</summary>
public sealed class GraphPropertyTests
{
    /// <summary>For each step the earlier ones that it uses; the first is what it stands on.</summary>
    private static readonly Gen<int[][]> Shapes = Gen.Int[0, 1000].Array[1, 3].Array[1, 14];

    [Fact]
    public void The_same_steps_have_the_same_digests() => Shapes.Sample(shape =>
    {
        var (one, other) = (Make(shape, -1), Make(shape, -1));
        Assert.Equal(one.Select(step => step.Digest), other.Select(step => step.Digest));
    });

    [Fact]
    public void A_change_changes_the_keys_of_exactly_what_stands_on_it() =>
        Gen.Select(Shapes, Gen.Int[0, 1000]).Sample((shape, chosen) =>
        {
            chosen %= shape.Length;
            var (before, after) = (Make(shape, -1), Make(shape, chosen));
            for (var i = 0; i < shape.Length; i++)
            {
                Assert.Equal(Needs(shape, i, chosen), before[i].Digest != after[i].Digest);
            }
        });

    [Fact]
    public void After_a_change_exactly_what_stands_on_it_runs_again() =>
        Gen.Select(Shapes, Gen.Int[0, 1000]).Sample((shape, chosen) =>
        {
            chosen %= shape.Length;
            var build = new FakeBuild();
            Solve(build, Make(shape, -1)[^1]);
            build.Again();
            Solve(build, Make(shape, chosen)[^1]);
            var last = shape.Length - 1;
            var expected = Enumerable.Range(0, shape.Length).Where(i => Needs(shape, last, i) && Needs(shape, i, chosen) && Needs(shape, last, chosen)).Select(i => i == chosen ? $"changed {i}" : $"step {i}");
            Assert.Equal(expected.Order(StringComparer.Ordinal), build.RunNames.Where(name => name.Length > 0).Order(StringComparer.Ordinal));
        }, iter: 60);

    [Fact]
    public void Given_up_anywhere_nothing_runs_on_and_what_was_kept_is_right() =>
        Gen.Select(Shapes, Gen.Int[0, 12]).Sample((shape, moment) =>
        {
            using var stop = new CancellationTokenSource();
            var build = new FakeBuild();
            var make = build.OnRun;
            var runs = 0;
            build.OnRun = (vertex, inputs, token) =>
            {
                if (Interlocked.Increment(ref runs) == moment)
                {
                    stop.Cancel();
                }

                token.ThrowIfCancellationRequested();
                return make(vertex, inputs, token);
            };
            try
            {
                build.SolveAsync(Make(shape, -1)[^1], 4, stop.Token).GetAwaiter().GetResult();
            }
            catch (OperationCanceledException)
            {
            }

            Assert.Equal(0, build.Running);
            build.OnRun = make;
            var whole = new FakeBuild();
            Assert.Equal(Solve(whole, Make(shape, -1)[^1]), Solve(build, Make(shape, -1)[^1]));
        }, iter: 60);

    [Fact]
    public async Task A_build_that_keeps_going_runs_all_that_does_not_need_what_failed()
    {
        var build = new FakeBuild();
        var make = build.OnRun;
        build.OnRun = (vertex, inputs, token) => vertex.DisplayName.StartsWith("bad", StringComparison.Ordinal)
            ? throw new BuilderException(GraphErrors.InvalidRun, vertex.DisplayName)
            : make(vertex, inputs, token);
        var target = Join("top", Run("after bad", Run("bad 1", Scratch)), Run("bad 2", Scratch), Run("good 2", Run("good 1", Scratch)));
        var solver = new Solver<FakeResult>(build, build, build, 1, TimeProvider.System) { KeepsGoing = true };

        var failure = await Assert.ThrowsAsync<BuilderException>(() => solver.SolveAsync(BuildGraph.Of(target), TestContext.Current.CancellationToken));

        Assert.Equal(2, failure.Others.Count + 1);
        Assert.Contains("good 2", build.RunNames);
        Assert.DoesNotContain("after bad", build.RunNames);
        Assert.DoesNotContain("top", build.RunNames);
    }

    [Fact]
    public async Task Ten_thousand_steps_are_asked_for_once_each()
    {
        var build = new FakeBuild();
        var top = Scratch;
        for (var i = 0; i < 10_000; i++)
        {
            top = Run($"step {i}", top);
        }

        await build.SolveAsync(top, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(10_001, build.Runs.Count);
        await build.Again().SolveAsync(top, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Single(build.Searches);
    }

    private static string Solve(FakeBuild build, Vertex target) =>
        build.SolveAsync(target, 4, TestContext.Current.CancellationToken).GetAwaiter().GetResult()[0].Content;

    /// <param name="changed">The step that does something else; -1 for none.</param>
    private static List<Vertex> Make(int[][] shape, int changed)
    {
        var steps = new List<Vertex>();
        for (var i = 0; i < shape.Length; i++)
        {
            var inputs = InputsOf(shape, i).Select(input => input < 0 ? Scratch : steps[input]).ToList();
            var name = i == changed ? $"changed {i}" : $"step {i}";
            steps.Add(inputs.Count == 1 ? Run(name, inputs[0]) : Join(name, inputs[0], [.. inputs.Skip(1)]));
        }

        return steps;
    }

    private static IEnumerable<int> InputsOf(int[][] shape, int step) => shape[step].Select(number => (number % (step + 1)) - 1).Distinct();

    private static bool Needs(int[][] shape, int step, int other) => step == other || InputsOf(shape, step).Any(input => input >= 0 && Needs(shape, input, other));
}
