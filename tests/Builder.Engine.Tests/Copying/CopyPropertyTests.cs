using System.Text;
using Builder.Engine.Tests.Support;
using CsCheck;

namespace Builder.Engine.Tests.Copying;

/// <summary>Random trees, made by a script so that what is expected does not come from the code under test.</summary>
public class CopyPropertyTests
{
    private static readonly string[] Names = ["a", "b", "c", "A", ".h", "a b", "a.b", "ü"];

    private static readonly Gen<string> Name = Gen.Int[0, Names.Length - 1].Select(index => Names[index]);

    private static readonly Gen<string> Command = Gen.Select(Gen.Int[0, 6], Name, Name, Gen.Int[0, 0x1ff], (kind, one, two, number) => kind switch
    {
        0 => $"mkdir -p '{one}/{two}'",
        1 => $"mkdir -p '{one}' && ! test -p '{one}/{two}' && echo {number} > '{one}/{two}'",
        2 => $"ln -s '{two}' '{one}'",
        3 => $"ln '{one}' '{two}'",
        4 => $"chmod {Convert.ToString(number, 8)} '{one}'",
        5 => $"chown -h {number}:{number + 1} '{one}'",
        _ => $"mkfifo '{one}'",
    });

    private static readonly Gen<string> Tree = Command.Array[0, 14].Select(commands =>
    {
        var script = new StringBuilder("cd source\n");
        foreach (var command in commands)
        {
            script.Append("{ ").Append(command).Append("; } 2>/dev/null || true\n");
        }

        return script.Append("cd ..").ToString();
    });

    public CopyPropertyTests() => Scene.RequireRoot();

    [Fact]
    public void A_copy_into_an_empty_root_is_the_tree_itself() =>
        Tree.Sample(
            script =>
            {
                using var scene = new Scene(script) { FromStage = true };
                scene.Copy("/", "");
                using var source = Linux.Files.RootDirectory.Open(scene.Source);
                Assert.Equal(Listing.Of(source, times: true), scene.Tree(times: true));
            },
            iter: 40,
            threads: 1);

    [Fact]
    public void Digests_are_equal_exactly_when_the_trees_are() =>
        Gen.Select(Tree, Tree, Gen.Bool).Sample(
            (one, other, same) =>
            {
                using var first = new Scene(one) { FromStage = true };
                using var second = new Scene(same ? one : other) { FromStage = true };
                using var firstRoot = Linux.Files.RootDirectory.Open(first.Source);
                using var secondRoot = Linux.Files.RootDirectory.Open(second.Source);
                Assert.Equal(Listing.Of(firstRoot).SequenceEqual(Listing.Of(secondRoot)), first.Digest("") == second.Digest(""));
            },
            iter: 30,
            threads: 1);

    [Fact]
    public void Copying_twice_is_copying_once() =>
        Tree.Sample(
            script =>
            {
                using var scene = new Scene(script);
                var once = scene.Copy("/d", "").Tree(times: true);
                Assert.Equal(once, scene.Copy("/d", "").Tree(times: true));
            },
            iter: 20,
            threads: 1);
}
