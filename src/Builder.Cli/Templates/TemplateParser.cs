using System.Globalization;
using Builder.Diagnostics;

namespace Builder.Cli.Templates;

/// <summary>Tokens to nodes: the subset of Go's text/template that <c>--format</c> is used with; no named templates.</summary>
internal sealed class TemplateParser
{
    private const int MaxDepth = 100;

    private readonly string template;
    private readonly IReadOnlyList<Token> tokens;
    private int next;
    private int depth;

    private TemplateParser(string template)
    {
        this.template = template;
        tokens = TemplateLexer.Read(template);
    }

    private Token Current => tokens[next];

    public static IReadOnlyList<TemplateNode> Parse(string template)
    {
        var parser = new TemplateParser(template);
        var nodes = parser.ReadBlock();
        return parser.Current.Kind == TokenKind.End ? nodes : throw parser.Unexpected();
    }

    /// <summary>Nodes up to the end, or to an <c>{{else}}</c> or <c>{{end}}</c> that is not theirs.</summary>
    private List<TemplateNode> ReadBlock()
    {
        Deepen();
        var nodes = new List<TemplateNode>();
        while (Current.Kind != TokenKind.End && !IsWord(1, "else") && !IsWord(1, "end"))
        {
            nodes.Add(ReadNode());
        }

        depth--;
        return nodes;
    }

    private TemplateNode ReadNode()
    {
        if (Current.Kind == TokenKind.Text)
        {
            return new TemplateNode.Text(tokens[next++].Value);
        }

        Take(TokenKind.Open);
        if (Current.Kind == TokenKind.Word && Current.Value is "if" or "with" or "range")
        {
            return ReadControl(tokens[next++].Value);
        }

        TemplateNode node = Current.Kind == TokenKind.Variable && tokens[next + 1] is { Kind: TokenKind.Symbol, Value: ":=" or "=" } sign
            ? ReadAssignment(sign.Value == ":=")
            : new TemplateNode.Output(ReadPipeline());
        Take(TokenKind.Close);
        return node;
    }

    private TemplateNode.Assignment ReadAssignment(bool declares)
    {
        var name = tokens[next].Value;
        next += 2;
        return new TemplateNode.Assignment(name, declares, ReadPipeline());
    }

    private TemplateNode ReadControl(string word)
    {
        string? key = null, item = null;
        if (word == "range" && Current.Kind == TokenKind.Variable && tokens[next + 1] is { Kind: TokenKind.Symbol, Value: "," or ":=" })
        {
            item = tokens[next++].Value;
            if (TakeSymbol(","))
            {
                key = item;
                item = Take(TokenKind.Variable).Value;
            }

            if (!TakeSymbol(":="))
            {
                throw Unexpected();
            }
        }

        var pipeline = ReadPipeline();
        Take(TokenKind.Close);
        var body = ReadBlock();
        var otherwise = ReadElse(word);
        return word == "range"
            ? new TemplateNode.Loop(key, item, pipeline, body, otherwise)
            : new TemplateNode.Condition(pipeline, word == "with", body, otherwise);
    }

    /// <summary>From an <c>{{else}}</c>, if there is one, to behind the <c>{{end}}</c>.</summary>
    private List<TemplateNode> ReadElse(string word)
    {
        Take(TokenKind.Open);
        if (TakeWord("end"))
        {
            Take(TokenKind.Close);
            return [];
        }

        if (!TakeWord("else"))
        {
            throw TemplateErrors.At(template, Current.Place, $"no {{{{end}}}} for its {{{{{word}}}}}");
        }

        if (TakeWord("if"))
        {
            // {{else if}} shares the {{end}} of its {{if}}.
            Deepen();
            var condition = ReadControl("if");
            depth--;
            return [condition];
        }

        Take(TokenKind.Close);
        var nodes = ReadBlock();
        Take(TokenKind.Open);
        if (!TakeWord("end"))
        {
            throw TemplateErrors.At(template, Current.Place, $"no {{{{end}}}} for its {{{{{word}}}}}");
        }

        Take(TokenKind.Close);
        return nodes;
    }

    private Pipeline ReadPipeline()
    {
        var commands = new List<Command> { ReadCommand() };
        while (TakeSymbol("|"))
        {
            commands.Add(ReadCommand());
        }

        return new Pipeline(commands);
    }

    private Command ReadCommand()
    {
        string? function = null;
        if (Current.Kind == TokenKind.Word && Current.Value is not ("true" or "false" or "nil"))
        {
            function = Current.Value;
            if (!TemplateFunctions.Names.Contains(function))
            {
                throw TemplateErrors.At(template, Current.Place, $"{function}, which is no function; there are {string.Join(", ", TemplateFunctions.Names)}");
            }

            next++;
        }

        var operands = new List<Operand>();
        while (IsOperand())
        {
            operands.Add(ReadOperand());
        }

        return operands.Count == 0 && function is null || (function is null && operands.Count > 1) ? throw Unexpected() : new Command(function, operands);
    }

    private bool IsOperand() => Current.Kind is TokenKind.Field or TokenKind.Dot or TokenKind.Variable or TokenKind.Word or TokenKind.String or TokenKind.Number
        || Current is { Kind: TokenKind.Symbol, Value: "(" };

    private Operand ReadOperand()
    {
        var token = tokens[next++];
        switch (token.Kind)
        {
            case TokenKind.Dot:
                return new Operand.Dot([]);
            case TokenKind.Field:
                return new Operand.Dot([token.Value, .. ReadFields()]);
            case TokenKind.Variable:
                return new Operand.Variable(token.Value, ReadFields());
            case TokenKind.String:
                return new Operand.Literal(token.Value);
            case TokenKind.Number when long.TryParse(token.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole):
                return new Operand.Literal(whole);
            case TokenKind.Number when double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number):
                return new Operand.Literal(number);
            case TokenKind.Word when token.Value is "true" or "false":
                return new Operand.Literal(token.Value == "true");
            case TokenKind.Word when token.Value == "nil":
                return new Operand.Literal(null);
            case TokenKind.Word:
                // A function without arguments among operands, such as the inner one of "len (json .)", needs its parentheses.
                throw TemplateErrors.At(template, token.Place, $"{token.Value} where a value is expected");
            case TokenKind.Symbol when token.Value == "(":
                Deepen();
                var pipeline = ReadPipeline();
                depth--;
                return TakeSymbol(")") ? new Operand.Group(pipeline, ReadFields()) : throw Unexpected();
            default:
                next--;
                throw Unexpected();
        }
    }

    private List<string> ReadFields()
    {
        var fields = new List<string>();
        while (Current is { Kind: TokenKind.Field, IsSpaced: false })
        {
            fields.Add(tokens[next++].Value);
        }

        return fields;
    }

    /// <summary>A template that is nested without end must not exhaust the stack.</summary>
    private void Deepen()
    {
        if (++depth > MaxDepth)
        {
            throw TemplateErrors.At(template, Current.Place, $"more than {MaxDepth} levels in each other");
        }
    }

    private bool IsWord(int ahead, string word) =>
        Current.Kind == TokenKind.Open && next + ahead < tokens.Count && tokens[next + ahead] is { Kind: TokenKind.Word } token && token.Value == word;

    private bool TakeWord(string word) => TakeIf(TokenKind.Word, word);

    private bool TakeSymbol(string symbol) => TakeIf(TokenKind.Symbol, symbol);

    private bool TakeIf(TokenKind kind, string value)
    {
        var isThere = Current.Kind == kind && Current.Value == value;
        next += isThere ? 1 : 0;
        return isThere;
    }

    private Token Take(TokenKind kind) => Current.Kind == kind ? tokens[next++] : throw Unexpected();

    private BuilderException Unexpected() => Current.Kind == TokenKind.End
        ? TemplateErrors.At(template, Current.Place, "its end, where something is missing")
        : TemplateErrors.At(template, Current.Place, $"'{Current.Value}', which is not expected there");
}
