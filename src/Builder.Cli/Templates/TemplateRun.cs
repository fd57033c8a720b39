using System.Text;

namespace Builder.Cli.Templates;

/// <summary>One rendering of a template: its variables, and what is written so far.</summary>
internal sealed class TemplateRun(object? root, TemplateFunctions functions, StringBuilder output)
{
    private readonly List<(string Name, object? Value)> variables = [("", root)];

    public void Run(IReadOnlyList<TemplateNode> nodes, object? dot)
    {
        var known = variables.Count;
        foreach (var node in nodes)
        {
            Run(node, dot);
        }

        Forget(known);
    }

    private void Run(TemplateNode node, object? dot)
    {
        switch (node)
        {
            case TemplateNode.Text text:
                output.Append(text.Value);
                break;
            case TemplateNode.Output written:
                output.Append(TemplateText.Of(Evaluate(written.Pipeline, dot)));
                break;
            case TemplateNode.Assignment assignment:
                Assign(assignment, Evaluate(assignment.Pipeline, dot));
                break;
            case TemplateNode.Condition condition:
                var value = Evaluate(condition.Test, dot);
                Run(TemplateFunctions.IsTrue(value) ? condition.Then : condition.Else, condition.MovesDot && TemplateFunctions.IsTrue(value) ? value : dot);
                break;
            case TemplateNode.Loop loop:
                RunLoop(loop, dot);
                break;
        }
    }

    private void RunLoop(TemplateNode.Loop loop, object? dot)
    {
        var any = false;
        foreach (var (key, item) in ItemsOf(Evaluate(loop.Items, dot)))
        {
            any = true;
            var known = variables.Count;
            if (loop.Key is not null)
            {
                variables.Add((loop.Key, key));
            }

            if (loop.Item is not null)
            {
                variables.Add((loop.Item, item));
            }

            Run(loop.Body, item);
            Forget(known);
        }

        if (!any)
        {
            Run(loop.Else, dot);
        }
    }

    /// <summary>Maps in the order of their keys, as in Go.</summary>
    private static IEnumerable<(object? Key, object? Item)> ItemsOf(object? value) => value switch
    {
        null => [],
        IReadOnlyList<object?> list => list.Select((item, i) => ((object?)(long)i, item)),
        OrderedDictionary<string, object?> map => map.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => ((object?)member.Key, member.Value)),
        long count => Enumerable.Range(0, (int)Math.Clamp(count, 0, 1_000_000)).Select(i => ((object?)(long)i, (object?)(long)i)),
        _ => throw TemplateErrors.Running($"the template ranges over {TemplateText.Of(value)}, which has no items"),
    };

    private object? Evaluate(Pipeline pipeline, object? dot)
    {
        object? value = null;
        for (var i = 0; i < pipeline.Commands.Count; i++)
        {
            var command = pipeline.Commands[i];
            var arguments = command.Operands.Select(operand => Evaluate(operand, dot));
            object?[] all = [.. i == 0 ? arguments : arguments.Append(value)];
            value = command.Function is { } function
                ? functions.Call(function, all)
                : all.Length == 1 ? all[0] : throw TemplateErrors.Running("the template pipes into a value, which is no function");
        }

        return value;
    }

    private object? Evaluate(Operand operand, object? dot)
    {
        var value = operand switch
        {
            Operand.Dot => dot,
            Operand.Variable variable => ValueOf(variable.Name),
            Operand.Literal literal => literal.Value,
            Operand.Group group => Evaluate(group.Pipeline, dot),
            _ => null,
        };
        return operand.Fields.Aggregate(value, TemplateFields.Get);
    }

    private object? ValueOf(string name)
    {
        var index = variables.FindLastIndex(variable => variable.Name == name);
        return index >= 0 ? variables[index].Value : throw TemplateErrors.Running($"the template uses ${name} before it has a value");
    }

    private void Assign(TemplateNode.Assignment assignment, object? value)
    {
        var index = assignment.Declares ? -1 : variables.FindLastIndex(variable => variable.Name == assignment.Name);
        if (index >= 0)
        {
            variables[index] = (assignment.Name, value);
        }
        else if (assignment.Declares)
        {
            variables.Add((assignment.Name, value));
        }
        else
        {
            throw TemplateErrors.Running($"the template uses ${assignment.Name} before it has a value");
        }
    }

    private void Forget(int known) => variables.RemoveRange(known, variables.Count - known);
}
