using Builder.Oci;

namespace Builder.Graph;

/// <summary>Depth first, but on a stack of its own: a graph may be deeper than a thread's stack.</summary>
internal static class TopologicalOrder
{
    public static IReadOnlyList<Vertex> Of(IReadOnlyList<Vertex> targets)
    {
        var order = new List<Vertex>();
        var seen = new HashSet<Digest>();
        var stack = new Stack<(Vertex Vertex, int NextInput)>();
        foreach (var target in targets)
        {
            if (seen.Add(target.Digest))
            {
                stack.Push((target, 0));
            }

            while (stack.TryPop(out var top))
            {
                if (top.NextInput == top.Vertex.Inputs.Count)
                {
                    order.Add(top.Vertex);
                    continue;
                }

                stack.Push(top with { NextInput = top.NextInput + 1 });
                var input = top.Vertex.Inputs[top.NextInput];
                if (seen.Add(input.Digest))
                {
                    stack.Push((input, 0));
                }
            }
        }

        return order;
    }
}
