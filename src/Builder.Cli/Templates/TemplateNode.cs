namespace Builder.Cli.Templates;

/// <summary>A part of a template: text, or what stands between <c>{{</c> and <c>}}</c>.</summary>
internal abstract record TemplateNode
{
    /// <summary>Text as it is.</summary>
    public sealed record Text(string Value) : TemplateNode;

    /// <summary><c>{{pipeline}}</c>: its value is printed.</summary>
    public sealed record Output(Pipeline Pipeline) : TemplateNode;

    /// <summary><c>{{$name := pipeline}}</c>, or <c>=</c> for a variable that is there already.</summary>
    public sealed record Assignment(string Name, bool Declares, Pipeline Pipeline) : TemplateNode;

    /// <summary><c>{{if}}</c>, and <c>{{with}}</c>, whose body has the value as its dot.</summary>
    public sealed record Condition(Pipeline Test, bool MovesDot, IReadOnlyList<TemplateNode> Then, IReadOnlyList<TemplateNode> Else) : TemplateNode;

    /// <summary><c>{{range $key, $item := pipeline}}</c>; the variables may be left away, the key first.</summary>
    public sealed record Loop(string? Key, string? Item, Pipeline Items, IReadOnlyList<TemplateNode> Body, IReadOnlyList<TemplateNode> Else) : TemplateNode;
}

/// <summary>Commands joined by <c>|</c>: what one yields is the last argument of the next.</summary>
internal sealed record Pipeline(IReadOnlyList<Command> Commands);

/// <summary>A function with its arguments, or one operand alone.</summary>
/// <param name="Function">Null for an operand alone.</param>
internal sealed record Command(string? Function, IReadOnlyList<Operand> Operands);

/// <summary>A value that a command takes, and the fields that are taken from it, one after the other.</summary>
internal abstract record Operand(IReadOnlyList<string> Fields)
{
    /// <summary><c>.</c>, what the template is about at this place.</summary>
    public sealed record Dot(IReadOnlyList<string> Fields) : Operand(Fields);

    /// <summary><c>$name</c>; the empty name is what the whole template is about.</summary>
    public sealed record Variable(string Name, IReadOnlyList<string> Fields) : Operand(Fields);

    /// <summary>A string, number, boolean or nil.</summary>
    public sealed record Literal(object? Value) : Operand([]);

    /// <summary><c>(pipeline)</c>.</summary>
    public sealed record Group(Pipeline Pipeline, IReadOnlyList<string> Fields) : Operand(Fields);
}
