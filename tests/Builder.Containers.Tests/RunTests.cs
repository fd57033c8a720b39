using System.Text;
using Builder.Diagnostics;
using Builder.Linux.Overlay;

namespace Builder.Containers.Tests;

public sealed class RunTests : ContainerTest
{
    [Fact]
    public async Task A_program_runs_and_its_output_and_exit_code_come_back()
    {
        var outcome = await Outcome.OfAsync(Root.Shell("echo out; echo err >&2; exit 7"));

        Assert.Equal((7, null, "out\n", "err\n"), (outcome.Exit.ExitCode, outcome.Exit.Signal, outcome.Stdout, outcome.Stderr));
    }

    [Fact]
    public async Task A_step_that_changes_nothing_leaves_the_upper_layer_empty()
    {
        Directory.Delete(Path.Combine(Root.Lower, "proc"));
        Directory.Delete(Path.Combine(Root.Lower, "dev"));
        File.WriteAllText(Root.Beside("hosts"), HostsFile.Render("builder", []));
        var spec = Root.Spec("true") with { Mounts = [new BindMount(Root.Beside("hosts"), "/etc/hosts", ReadOnly: false)] };
        var init = Root.Make("init");
        Assert.True(InitLayer.Create(init, [Root.Lower], InitLayer.StubsFor(spec)));

        var outcome = await Outcome.OfAsync(spec with { Root = new OverlayRoot([init, Root.Lower], Root.Upper, Root.Work) });

        Assert.Equal(0, outcome.Exit.ExitCode);
        Assert.Empty(Root.UpperEntries());
    }

    [Fact]
    public async Task Changes_go_to_the_upper_layer_with_whiteouts_for_what_was_removed()
    {
        await OutputOfAsync("rm /etc/motd; echo new > /tmp/file");

        Assert.Equal(["etc", "etc/motd", "tmp", "tmp/file"], Root.UpperEntries());
        Assert.Equal("new\n", File.ReadAllText(Path.Combine(Root.Upper, "tmp/file")));
        Assert.Equal(["motd"], new LayeredView([Root.Upper, Root.Lower]).Resolve("/etc/motd")!.Missing);
        Assert.Equal("hello\n", File.ReadAllText(Path.Combine(Root.Lower, "etc/motd")));
    }

    [Fact]
    public async Task A_plain_directory_can_be_the_root()
    {
        var spec = Root.Shell("echo changed > /etc/motd") with { Root = new DirectoryRoot(Root.Lower) };

        Assert.Equal(0, (await Outcome.OfAsync(spec)).Exit.ExitCode);
        Assert.Equal("changed\n", File.ReadAllText(Path.Combine(Root.Lower, "etc/motd")));
    }

    [Fact]
    public async Task More_lower_layers_than_fit_in_a_page_can_be_stacked()
    {
        var layers = Enumerable.Range(0, 120).Select(i => Root.Make($"layer-with-a-rather-long-name-{i:D4}")).ToList();
        File.WriteAllText(Path.Combine(layers[0], "top"), "top");
        File.WriteAllText(Path.Combine(layers[^1], "bottom"), "bottom");

        var output = await OutputOfAsync("cat /top /bottom", spec => spec with { Root = new OverlayRoot([.. layers, Root.Lower], Root.Upper, Root.Work) });

        Assert.Equal("topbottom", output);
    }

    [Fact]
    public async Task Odd_characters_in_the_paths_of_layers_do_no_harm()
    {
        var layer = Root.Make("a,b:c\\d=e f");
        File.WriteAllText(Path.Combine(layer, "odd"), "odd");
        var spec = Root.Spec("cat", "/odd") with { Root = new OverlayRoot([layer, Root.Lower], Root.Make("u,p:p\\er"), Root.Make("w,o:r\\k")) };

        Assert.Equal("odd", (await Outcome.OfAsync(spec)).Stdout);
    }

    [Fact]
    public async Task Paths_too_long_for_the_kernels_newer_interface_are_mounted_the_old_way()
    {
        var deep = Root.Make(string.Join('/', Enumerable.Repeat(new string('d', 90), 3)) + "/a,b:c\\d");
        var layer = Directory.CreateDirectory(deep + "/layer").FullName;
        var (upper, work) = (Directory.CreateDirectory(deep + "/upper").FullName, Directory.CreateDirectory(deep + "/upper-work").FullName);
        File.WriteAllText(Path.Combine(layer, "deep"), "deep");
        var spec = Root.Shell("cat /deep; echo x > /written") with { Root = new OverlayRoot([layer, Root.Lower], upper, work) };

        Assert.Equal("deep", (await Outcome.OfAsync(spec)).Stdout);
        Assert.True(File.Exists(Path.Combine(upper, "written")));
    }

    [Fact]
    public async Task Megabytes_of_output_arrive_complete_and_in_order()
    {
        const int Lines = 2_000_000;
        long bytes = 0, next = 1, value = 0;
        var exit = await ContainerProcess.RunAsync(
            Root.Spec("seq", "1", $"{Lines}"),
            (_, received) =>
            {
                bytes += received.Length;
                foreach (var digit in received.Span)
                {
                    if (digit != '\n')
                    {
                        value = (value * 10) + (digit - '0');
                        continue;
                    }

                    Assert.Equal(next++, value);
                    value = 0;
                }
            },
            CancellationToken.None);

        Assert.Equal(0, exit.ExitCode);
        Assert.Equal(Lines + 1, next);
        Assert.InRange(bytes, 10_000_000, 20_000_000);
    }

    [Fact]
    public async Task A_grandchild_that_keeps_the_output_open_does_not_keep_the_step_running()
    {
        var outcome = await Outcome.OfAsync(Root.Shell("sleep 1000 & echo started")).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal("started\n", outcome.Stdout);
    }

    [Fact]
    public async Task What_the_receiver_of_the_output_throws_ends_the_container_and_comes_back()
    {
        var running = ContainerProcess.RunAsync(Root.Shell("echo x; sleep 1000"), (_, _) => throw new InvalidDataException("full"), CancellationToken.None);

        await Assert.ThrowsAsync<InvalidDataException>(() => running.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named_with_the_path_that_was_searched()
    {
        var exception = await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(Root.Spec("nosuch")));

        Assert.Equal(ContainersErrors.ProgramNotFound, exception.Code);
        Assert.Equal("nosuch: not found in PATH (/bin)", exception.Message);
    }

    [Theory]
    [InlineData("/bin/nosuch", 1200, "/bin/nosuch: no such file or directory in the image")]
    [InlineData("/etc/motd", 1201, "/etc/motd: permission denied")]
    [InlineData("/etc", 1201, "/etc: permission denied")]
    [InlineData("/bin/loop", 1201, "/bin/loop: its symbolic links lead in a circle or to an open file")]
    [InlineData("/bin/self", 1201, "/bin/self: its symbolic links lead in a circle or to an open file")]
    [InlineData("/bin/text", 1201, "/bin/text: exec format error")]
    public async Task A_program_that_cannot_be_executed_says_why(string program, int code, string message)
    {
        File.CreateSymbolicLink(Path.Combine(Root.Lower, "bin/loop"), "loop");
        File.CreateSymbolicLink(Path.Combine(Root.Lower, "bin/self"), "/proc/self/exe");
        File.WriteAllText(Path.Combine(Root.Lower, "bin/text"), "no program");
        File.SetUnixFileMode(Path.Combine(Root.Lower, "bin/text"), (UnixFileMode)0x1ed);

        var exception = await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(Root.Spec(program)));

        Assert.Equal((code, message), (exception.Code.Number, exception.Message));
    }

    [Fact]
    public async Task Arguments_and_environment_arrive_as_given_and_the_last_of_two_variables_wins()
    {
        var spec = Root.Spec("sh", "-c", "echo \"$0|$1|$A|$B\"; env", "zéro", "") with { Env = ["A=1", "PATH=/bin", "B=with space=", "A=2"] };

        Assert.Equal("zéro||2|with space=\nA=2\nPATH=/bin\nB=with space=\n", string.Join('\n', (await Outcome.OfAsync(spec)).Stdout.Split('\n').Where(line => !line.StartsWith("SHLVL", StringComparison.Ordinal) && !line.StartsWith("PWD", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Standard_input_is_empty_unless_given()
    {
        Assert.Equal("end\n", await OutputOfAsync("cat; echo end"));

        File.WriteAllText(Root.Beside("input"), "given\n");
        using var input = File.OpenHandle(Root.Beside("input"));
        Assert.Equal("given\n", (await Outcome.OfAsync(Root.Spec("cat") with { Stdin = input, Root = new OverlayRoot([Root.Lower], Root.Make("u2"), Root.Make("w2")) })).Stdout);
    }

    [Theory]
    [InlineData("A\0B")]
    [InlineData("=x")]
    [InlineData("novalue")]
    public async Task An_environment_that_no_process_can_have_is_refused(string variable)
    {
        var exception = await Assert.ThrowsAsync<BuilderException>(() => Outcome.OfAsync(Root.Spec("true") with { Env = [variable] }));

        Assert.Equal(ContainersErrors.InvalidProcess, exception.Code);
    }

    [Fact]
    public async Task Two_hundred_launches_succeed_while_the_collector_is_busy()
    {
        using var enough = new CancellationTokenSource();
        var pressure = Task.Run(() =>
        {
            var kept = new List<byte[]>();
            while (!enough.IsCancellationRequested)
            {
                kept.Add(Encoding.UTF8.GetBytes(new string('x', 50_000)));
                if (kept.Count == 200)
                {
                    kept.Clear();
                    GC.Collect(1, GCCollectionMode.Forced, blocking: true);
                }
            }
        });

        async Task LaunchAsync(int worker)
        {
            var (upper, work) = (Root.Make($"upper{worker}"), Root.Make($"work{worker}"));
            for (var i = 0; i < 50; i++)
            {
                var outcome = await Outcome.OfAsync(Root.Spec("echo", $"{worker} {i}") with { Root = new OverlayRoot([Root.Lower], upper, work, Volatile: false) });
                Assert.Equal($"{worker} {i}\n", outcome.Stdout);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(LaunchAsync));
        await enough.CancelAsync();
        await pressure;
    }
}
