using Builder.Engine.Anatomy;
using CsCheck;

namespace Builder.Engine.Tests.Anatomy;

/// <summary>Layers put together as a container sees them, and what becomes of each file.</summary>
public sealed class LayerStackTests
{
    [Fact]
    public void What_later_layers_overwrite_and_delete_is_known_by_layer()
    {
        var stack = Stack(["etc/", "etc/a 10", "etc/b 20", "etc/c 5"], ["etc/", "etc/a 1", "etc/.wh.b 0"]);
        Assert.Equal(["etc", "etc/a", "etc/c"], Seen(stack));
        Assert.Equal(["etc Seen ", "etc/a Overwritten 1", "etc/b Deleted 1", "etc/c Seen "], Ends(stack, 0));
        Assert.Equal(["etc Seen ", "etc/a Seen "], Ends(stack, 1));
    }

    [Fact]
    public void A_folder_that_goes_takes_all_below_it_along_and_nothing_beside_it()
    {
        var stack = Stack(["a/", "a/b/", "a/b/c 1", "a0 1", "a-b 1", "a/b.txt 1"], [".wh.a 0"]);
        Assert.Equal(["a-b", "a0"], Seen(stack));
    }

    [Fact]
    public void An_opaque_folder_hides_what_lower_layers_have_in_it_and_shows_its_own()
    {
        var stack = Stack(["a/", "a/old 1", "b 1"], ["a/", "a/new 1", "a/.wh..wh..opq 0"]);
        Assert.Equal(["a", "a/new", "b"], Seen(stack));
    }

    [Fact]
    public void A_file_in_place_of_a_folder_hides_what_was_in_it()
    {
        var stack = Stack(["a/", "a/b 1"], ["a 3"]);
        Assert.Equal(["a"], Seen(stack));
        Assert.Equal(["a Overwritten 1", "a/b Deleted 1"], Ends(stack, 0));
    }

    [Fact]
    public void A_layers_whiteouts_are_not_about_itself()
    {
        var stack = Stack(["a 1"], ["a 2", ".wh.a 0"]);
        Assert.Equal(["a"], Seen(stack));
    }

    [Fact]
    public void Names_are_what_they_are_with_or_without_dot_and_slash() =>
        Assert.All((string[])["./a/b", "/a/b/", "a/b", ".//a/b"], name => Assert.Equal("a/b", LayerEntry.KeyOf(System.Text.Encoding.ASCII.GetBytes(name))));

    /// <summary>The same as a naive model that looks at every file for every entry.</summary>
    [Fact]
    public void Any_stack_shows_what_a_simple_model_shows()
    {
        var names = Gen.OneOf("a", "b", "a/x", "a/y", "a/x/1", "b/z", ".wh.a", ".wh.b", "a/.wh.x", "a/.wh..wh..opq", "a0");
        Gen.Select(names, Gen.Bool).Array[0, 6].Array[1, 4].Sample(
            layers =>
            {
                // A layer has each name once.
                var texts = layers.Select(layer => layer.DistinctBy(entry => entry.Item1).Select(entry => entry.Item1 + (entry.Item2 ? "/" : " 1")).ToArray()).ToArray();
                Assert.Equal(Model(texts), Seen(Stack(texts)));
            },
            iter: 2000,
            threads: 1);
    }

    private static List<string> Model(string[][] layers)
    {
        var seen = new SortedDictionary<string, bool>(StringComparer.Ordinal);
        foreach (var layer in layers)
        {
            void Remove(Func<string, bool> which)
            {
                foreach (var key in seen.Keys.Where(which).ToList())
                {
                    seen.Remove(key);
                }
            }

            foreach (var name in layer.Select(NameOf))
            {
                var parent = name.Contains('/', StringComparison.Ordinal) ? name[..(name.LastIndexOf('/') + 1)] : "";
                var last = name[parent.Length..];
                if (last == ".wh..wh..opq")
                {
                    Remove(key => key.StartsWith(parent, StringComparison.Ordinal));
                }
                else if (last.StartsWith(".wh.", StringComparison.Ordinal))
                {
                    var gone = parent + last[4..];
                    Remove(key => key == gone || key.StartsWith(gone + "/", StringComparison.Ordinal));
                }
            }

            foreach (var text in layer.Where(text => !NameOf(text).Contains(".wh.", StringComparison.Ordinal)))
            {
                var (name, isFolder) = (NameOf(text), text.EndsWith('/'));
                if (seen.TryGetValue(name, out var wasFolder) && !(isFolder && wasFolder))
                {
                    Remove(key => key.StartsWith(name + "/", StringComparison.Ordinal));
                }

                seen[name] = isFolder;
            }
        }

        return [.. seen.Keys];
    }

    private static string NameOf(string text) => text.TrimEnd('/').Split(' ')[0];

    /// <summary><c>name size</c> for a file, <c>name/</c> for a folder.</summary>
    private static LayerStack Stack(params string[][] layers)
    {
        var stack = new LayerStack();
        foreach (var layer in layers)
        {
            stack.Add(layer.Select(text => new LayerEntry(
                NameOf(text),
                new FileFacts(text.EndsWith('/') ? "directory" : "file", "644", "0:0", "", text.EndsWith('/') ? 0 : long.Parse(text.Split(' ')[1]), "", ""))));
        }

        return stack;
    }

    private static IEnumerable<string> Seen(LayerStack stack) => stack.Seen.Keys.Order(StringComparer.Ordinal);

    private static IEnumerable<string> Ends(LayerStack stack, int layer) =>
        stack.Layers[layer].Select(file => $"{file.Entry.Key} {file.End} {file.EndedBy}");
}
