using Builder.Diagnostics;
using Builder.Dockerfile.Tree;
using CsCheck;

namespace Builder.Dockerfile.Tests.Tree;

/// <summary>What holds for the tree of every text, right or wrong.</summary>
public class SyntaxTreeLaws
{
    [Fact]
    public void Tree_to_text_is_the_identity()
    {
        Gen.OneOf(AnyText.Gen, AnyText.Dockerfile).Sample(
            text =>
            {
                var tree = SyntaxTree.Parse(new SourceText("Dockerfile", text));
                Assert.Equal(text, tree.ToText());
                var end = 0;
                foreach (var token in tree.Tokens)
                {
                    Assert.Equal(end, token.Start);
                    Assert.True(token.Length > 0);
                    end = token.End;
                }
            },
            iter: 2_000);
    }

    [Fact]
    public void A_tree_has_errors_or_a_meaning_which_are_those_of_the_parser()
    {
        AnyText.Gen.Sample(
            text =>
            {
                var tree = SyntaxTree.Parse(new SourceText("Dockerfile", text));
                Assert.Equal(tree.Errors.IsEmpty, tree.Dockerfile is not null);
                if (tree.Dockerfile is { } dockerfile)
                {
                    Assert.Equal(Dockerfiles.Parse(text).Instructions.Select(i => i.Code), dockerfile.Instructions.Select(i => i.Code));
                    Assert.Equal(dockerfile.Instructions, tree.Nodes.Select(node => node.Instruction).OfType<Dockerfile.Syntax.Instruction>());
                }
                else
                {
                    var error = Assert.Throws<DockerfileException>(() => Dockerfiles.Parse(text));
                    Assert.Equal(tree.Errors.Errors.Select(e => e.Message), error.Others.Prepend(error).Select(e => e.Message));
                }
            },
            iter: 2_000);
    }

    [Fact]
    public void Each_offset_has_one_token()
    {
        AnyText.Gen.Sample(
            text =>
            {
                var tree = SyntaxTree.Parse(new SourceText("Dockerfile", text));
                for (var i = 0; i < text.Length; i++)
                {
                    var token = tree.TokenAt(i)!.Value;
                    Assert.InRange(i, token.Start, token.End - 1);
                }

                Assert.Null(tree.TokenAt(text.Length));
            },
            iter: 500);
    }

    [Fact]
    public void A_recorder_is_told_everything_in_the_order_of_the_file()
    {
        // Words of several pieces, here-documents and comments inside of one instruction.
        const string Text = "\uFEFF# escape=`\r\n\r\n# c\r\nCO`\r\n# in\r\nPY --li`\r\nnk=true <<A b `  \r\n\r\n  <<\"B\" /d/ \r\n1\r\nA\r\n2\r\nB\r\n  FR";
        Assert.Equal(Text, SyntaxTree.Parse(new SourceText("Dockerfile", Text)).ToText());
    }
}
