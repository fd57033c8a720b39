using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>
/// The variables that FROM sees: the automatic arguments about platforms and target, and the ARGs before the first FROM.
/// A stage sees one of them when it declares its name.
/// </summary>
internal static class GlobalScope
{
    public static VariableMap Of(DockerfileSyntax dockerfile, CompileOptions options, IReadOnlyDictionary<string, string> buildArgs, Expander expander)
    {
        var scope = new VariableMap();
        void Automatic(string name, string? value) => scope.Set(name, buildArgs.GetValueOrDefault(name) ?? value ?? "");
        void OfPlatform(string prefix, Platform platform)
        {
            Automatic(prefix + "PLATFORM", platform.ToString());
            Automatic(prefix + "OS", platform.Os);
            Automatic(prefix + "OSVERSION", platform.OsVersion);
            Automatic(prefix + "ARCH", platform.Architecture);
            Automatic(prefix + "VARIANT", platform.Variant);
        }

        OfPlatform("BUILD", options.BuildPlatform);
        OfPlatform("TARGET", options.TargetPlatform);
        Automatic("TARGETSTAGE", options.Target ?? dockerfile.Stages[^1].Name ?? "default");

        var errors = new ErrorList();
        foreach (var declaration in dockerfile.GlobalArgs.SelectMany(arg => arg.Declarations))
        {
            var name = declaration.Name.Text;
            if (buildArgs.TryGetValue(name, out var given))
            {
                scope.Set(name, given);
            }
            else if (declaration.Default is { } text)
            {
                try
                {
                    scope.Set(name, expander.Expand(text, scope, dockerfile.Directives.Escape));
                }
                catch (BuilderException e)
                {
                    errors.Add(e);
                }
            }
        }

        errors.ThrowIfAny();

        return scope;
    }
}
