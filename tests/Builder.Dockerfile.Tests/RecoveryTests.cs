using Builder.Diagnostics;

namespace Builder.Dockerfile.Tests;

/// <summary>All errors of a file at once, each with its place.</summary>
public class RecoveryTests
{
    [Fact]
    public void Every_wrong_instruction_is_reported()
    {
        Assert.Equal(
            [
                "2:6 BLD3005 dockerfile parse error on line 2: unknown flag: --lnk (did you mean link?)",
                "4:1 BLD3003 dockerfile parse error on line 4: unknown instruction: RNU (did you mean RUN?)",
                "5:5 BLD3006 dockerfile parse error on line 5: ENV must have two arguments",
                "8:5 BLD3008 dockerfile parse error on line 8: unterminated heredoc: no line below is just \"E\"",
            ],
            ErrorsOf("FROM a\nCOPY --lnk x y\nRUN x\nRNU y\nENV a\nRUN <<E\nE\nRUN <<E\nENV\n"));
    }

    [Fact]
    public void The_here_documents_of_a_wrong_instruction_are_not_taken_for_instructions()
    {
        Assert.Single(ErrorsOf("FROM a\nRUN --x <<E\nnothing\nto see\nE\nRUN y\n"));
        Assert.Single(ErrorsOf("FROM a\nRNU <<E\nnothing\nE\nRUN y\n"));
        Assert.Single(ErrorsOf("FROM a\nCOPY <<E\nnothing\nE\nRUN y\n"));
        Assert.Single(ErrorsOf("FROM a\nONBUILD FROM <<E\nnothing\nE\nRUN y\n"));
    }

    [Fact]
    public void A_row_of_unknown_words_is_one_mistake()
    {
        Assert.Equal(
            ["3:3 BLD3003 dockerfile parse error on line 3: unknown instruction: apt-get", "6:1 BLD3003 dockerfile parse error on line 6: unknown instruction: blubber"],
            ErrorsOf("FROM a\nRUN x &&\n  apt-get y\n  more z\nRUN ok\nblubber\n"));
    }

    [Fact]
    public void Instructions_before_the_first_from_are_one_mistake()
    {
        Assert.Equal(["1:1 BLD3002 dockerfile parse error on line 1: no build stage in current context"], ErrorsOf("RUN a\nRUN b\nFROM c\n"));
    }

    [Fact]
    public void A_wrong_directive_is_reported_alone()
    {
        Assert.Single(ErrorsOf("# escape=x\nFORM a\n"));
    }

    [Fact]
    public void Nobody_reads_more_than_twenty()
    {
        var error = Assert.Throws<DockerfileException>(() => Dockerfiles.Parse("FROM a\n" + string.Concat(Enumerable.Repeat("ENV a\n", 100))));
        Assert.Equal(ErrorList.Limit, error.Others.Count + 1);
        Assert.Equal(100 - ErrorList.Limit, error.Omitted);
    }

    private static IEnumerable<string> ErrorsOf(string text)
    {
        var error = Assert.Throws<DockerfileException>(() => Dockerfiles.Parse(text));
        return error.Others.Prepend(error).Select(e => $"{e.Span!.Line}:{e.Span.Column} {e.Code} {e.Message}");
    }
}
