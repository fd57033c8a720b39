using System.Diagnostics.CodeAnalysis;
using Builder.Diagnostics;
using Builder.Dockerfile.Expansion;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Tests.Expansion;

/// <summary>Variables, quotes and escapes: section 4 of the language; the table is its test vectors.</summary>
public class WordExpanderTests
{
    [Theory]
    [InlineData("$v", "abcabc")]
    [InlineData("${v}x", "abcabcx")]
    [InlineData("$vx", "")]
    [InlineData("${e:-d}", "d")]
    [InlineData("${e-d}", "")]
    [InlineData("${u-d}", "d")]
    [InlineData("${v:+s}", "s")]
    [InlineData("${e:+s}", "")]
    [InlineData("${e+s}", "s")]
    [InlineData("${u+s}", "")]
    [InlineData("${u:-${v}}", "abcabc")]
    [InlineData("${u:-\"x y\"}", "x y")]
    [InlineData("${u:-'$v'}", "$v")]
    [InlineData("\"${u:-$v}\"", "abcabc")]
    [InlineData("'$v'", "$v")]
    [InlineData("\\$v", "$v")]
    [InlineData("\"\\$v\"", "$v")]
    [InlineData("\"\\v\"", "\\v")]
    [InlineData("\\v", "v")]
    [InlineData("'\\v'", "\\v")]
    [InlineData("a\\ b", "a b")]
    [InlineData("a\"b c\"d", "ab cd")]
    [InlineData("$$", "")]
    [InlineData("$1x", "x")]
    [InlineData("$.", "$.")]
    [InlineData("x$", "x$")]
    [InlineData("$(date)", "$(date)")]
    [InlineData("${v#a}", "bcabc")]
    [InlineData("${v#*b}", "cabc")]
    [InlineData("${v##*b}", "c")]
    [InlineData("${v%c}", "abcab")]
    [InlineData("${v%b*}", "abca")]
    [InlineData("${v%%b*}", "a")]
    [InlineData("${v#x}", "abcabc")]
    [InlineData("${v%%*}", "")]
    [InlineData("${v#*}", "abcabc")]
    [InlineData("${p##*/}", "x.so.1")]
    [InlineData("${p%.*}", "/usr/lib/x.so")]
    [InlineData("${p%%.*}", "/usr/lib/x")]
    [InlineData("${v/b/X}", "aXcabc")]
    [InlineData("${v//b/X}", "aXcaXc")]
    [InlineData("${v/b/}", "acabc")]
    [InlineData("${v//b*/X}", "aX")]
    [InlineData("${v//?c/X}", "aXaX")]
    [InlineData("${v/z/X}", "abcabc")]
    [InlineData("${v/b/$v}", "aabcabccabc")]
    [InlineData("${p//\\//:}", ":usr:lib:x.so.1")]
    [InlineData("${q}", "a b")]
    [InlineData("${v:+${e:-in}}", "in")]
    [InlineData("${v:?}", "abcabc")]
    [InlineData("${u:-a'$v'\"$e b\"${e:-${v#a}}}", "a$v bbcabc")] // V1: w
    [InlineData("${v#${u:-a}\"b\"}", "cabc")] // V1: p
    [InlineData("${v%'c'}", "abcab")] // V1
    [InlineData("${v/${u:-b}/\"X Y\"$q}", "aX Ya bcabc")] // V1: p and r
    [InlineData("${v//b/$1}", "acac")] // V3: replacements are literal
    [InlineData("${v//b/\\1}", "a\\1ca\\1c")]
    [InlineData("${v//[b]/X}", "abcabc")] // V2: no classes
    [InlineData("x\\", "x")] // V5: an escape at the end is dropped
    public void A_word_expands(string input, string expected) => Assert.Equal(expected, Expand(input));

    [Theory]
    [InlineData("${e:?must}", "e: must", 3013)]
    [InlineData("${u?gone}", "u: gone", 3013)]
    [InlineData("${e:?}", "e: is not allowed to be empty", 3013)]
    [InlineData("${u:?}", "u: is not allowed to be unset", 3013)]
    [InlineData("${v:1}", "unsupported modifier (:1) in substitution", 3012)]
    [InlineData("${#v}", "unsupported modifier (v) in substitution", 3012)]
    [InlineData("${v^^}", "unsupported modifier (^) in substitution", 3012)]
    [InlineData("${!v}", "unsupported modifier (v) in substitution", 3012)]
    [InlineData("${v:=x}", "unsupported modifier (:=) in substitution", 3012)]
    [InlineData("${v=x}", "unsupported modifier (=) in substitution", 3012)]
    [InlineData("${u:?no '$v' but $q}", "u: no $v but a b", 3013)] // V1: m
    [InlineData("${v^}", "unsupported modifier (^) in substitution", 3012)]
    [InlineData("${v,}", "unsupported modifier (,) in substitution", 3012)]
    [InlineData("${v,,}", "unsupported modifier (,) in substitution", 3012)]
    [InlineData("${v:1:2}", "unsupported modifier (:1) in substitution", 3012)]
    [InlineData("${v@Q}", "unsupported modifier (@) in substitution", 3012)]
    [InlineData("${v", "unsupported modifier () in substitution", 3012)]
    [InlineData("${}", "syntax error: bad substitution", 3012)]
    [InlineData("${:x}", "syntax error: bad substitution", 3012)]
    [InlineData("${{x}}", "syntax error: bad substitution", 3012)]
    [InlineData("${v:-x", "syntax error: missing '}'", 3012)]
    [InlineData("${v/b}", "syntax error: missing '/' in ${}", 3012)]
    [InlineData("${v#\\b}", "invalid pattern \"\\b\": invalid escape", 3012)]
    [InlineData("\"x", "unexpected end of statement while looking for matching double-quote", 3012)]
    [InlineData("'x", "unexpected end of statement while looking for matching single-quote", 3012)]
    public void A_wrong_word_is_an_error(string input, string message, int code)
    {
        var error = Assert.Throws<DockerfileException>(() => Expand(input)); // V4, V8
        Assert.Equal(($"failed to process \"{input}\": {message}", code), (error.Message, error.Code.Number));
    }

    [Fact]
    public void An_error_points_at_the_substitution()
    {
        var word = Dockerfiles.One<WorkdirInstruction>("WORKDIR /a/${v}/${u:?}").Path;
        var span = Assert.Throws<DockerfileException>(() => new WordExpander(Environment).Expand(word)).Span!;
        Assert.Equal((2, 17, "${u:?}"), (span.Line, span.Column, span.Text));
    }

    [Theory] // V6
    [InlineData("a\\b`$v", "a\\b$v")]
    [InlineData("`\\", "\\")]
    [InlineData("${v/`*/x}\\", "abcabc\\")]
    public void A_backtick_may_be_the_escape(string input, string expected) => Assert.Equal(expected, Expand(input, '`'));

    [Theory]
    [InlineData("80 $q", "80|a|b")]
    [InlineData("\"80 $q\"", "80 a b")]
    [InlineData("$e", "")]
    [InlineData("x$q", "xa|b")]
    public void Ports_are_split_after_expansion(string input, string expected)
    {
        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries), new WordExpander(Environment).ExpandToWords(Word(input)));
    }

    [Theory] // H4, H11
    [InlineData("COPY <<E /x\n\"$v\" '$v' \\$v \\x\nE", "\"abcabc\" 'abcabc' $v x\n")]
    [InlineData("COPY <<'E' /x\n$v \\x\nE", "$v \\x\n")]
    [InlineData("COPY <<-E /x\n\t\t$v\n\tE", "abcabc\n")]
    public void A_here_document_keeps_its_quotes(string text, string expected)
    {
        Assert.Equal(expected, new WordExpander(Environment, '`').Expand(Dockerfiles.One<CopyInstruction>(text).Heredocs.Single()));
    }

    [Fact]
    public void Names_without_value_are_told()
    {
        var told = new List<string>();
        new WordExpander(Environment, undefined: (name, place) => told.Add($"{name} {place.Text}")).Expand(Word("$u ${x} ${u:-d} $1 $v"));
        Assert.Equal(["u $u", "x ${x}"], told);
    }

    [Fact]
    public void Nesting_has_an_end()
    {
        var input = string.Concat(Enumerable.Repeat("${u:-", 100_000));
        Assert.Contains("nested too deeply", Assert.Throws<DockerfileException>(() => Expand(input)).Message, StringComparison.Ordinal);
    }

    private static readonly Variables Environment = new();

    private static string Expand(string text, char escape = '\\') => new WordExpander(Environment, escape).Expand(Word(text));

    private static Word Word(string text) => new(text, new SourceText("Dockerfile", text).Span(0, text.Length));

    private sealed class Variables : IVariables
    {
        private readonly Dictionary<string, string> values = new() { ["v"] = "abcabc", ["e"] = "", ["p"] = "/usr/lib/x.so.1", ["q"] = "a b" };

        public bool TryGet(string name, [NotNullWhen(true)] out string? value) => values.TryGetValue(name, out value);
    }
}
