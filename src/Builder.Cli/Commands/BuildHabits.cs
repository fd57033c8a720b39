using System.CommandLine;
using Builder.Diagnostics;

namespace Builder.Cli.Commands;

/// <summary>
/// Flags of <c>docker build</c> that scripts are full of and that say what is so here anyway. They are taken, so that an alias works,
/// and refused where they ask for what is not so.
/// </summary>
internal static class BuildHabits
{
    private static readonly Option<bool> Load = new("--load") { Description = "Keep the image in the store, beside other outputs too" };
    private static readonly Option<bool> Remove = Hidden<bool>("--rm");
    private static readonly Option<bool> ForceRemove = Hidden<bool>("--force-rm");
    private static readonly Option<bool> Compress = Hidden<bool>("--compress");
    private static readonly Option<bool> ContentTrust = Hidden<bool>("--disable-content-trust");
    private static readonly Option<string?> Isolation = Hidden<string?>("--isolation");
    private static readonly Option<string?> Instance = Hidden<string?>("--builder");
    private static readonly Option<string?> Provenance = Hidden<string?>("--provenance");
    private static readonly Option<string?> BillOfMaterials = Hidden<string?>("--sbom");

    public static IEnumerable<Option> All => [Load, Remove, ForceRemove, Compress, ContentTrust, Isolation, Instance, Provenance, BillOfMaterials];

    /// <summary>The outputs with the store among them, if <c>--load</c> says so and they do not.</summary>
    public static IReadOnlyList<Engine.Exporters.OutputSpec> WithStore(ParseResult parsed, IReadOnlyList<Engine.Exporters.OutputSpec> outputs) =>
        parsed.GetValue(Load) && outputs.Count > 0 && !outputs.Any(output => output.Kind == Engine.Exporters.OutputKind.Image)
            ? [.. outputs, new Engine.Exporters.OutputSpec(Engine.Exporters.OutputKind.Image, null)]
            : outputs;

    /// <exception cref="BuilderException"><see cref="CliErrors.Habit"/>: something is asked for that is not so.</exception>
    public static void Validate(ParseResult parsed)
    {
        RequireOff(parsed, Provenance, "a build makes no provenance");
        RequireOff(parsed, BillOfMaterials, "a build makes no bill of materials; builder report lists packages");
        if (parsed.GetValue(Isolation) is not (null or "" or "default"))
        {
            throw new BuilderException(CliErrors.Habit, $"--isolation={parsed.GetValue(Isolation)} is of Windows", "containers are isolated by namespaces here: leave the option away");
        }
    }

    private static void RequireOff(ParseResult parsed, Option<string?> option, string sentence)
    {
        if (parsed.GetValue(option) is not (null or "" or "false"))
        {
            throw new BuilderException(CliErrors.Habit, $"{option.Name}: {sentence}", "attach artifacts to an image with builder manifest attach");
        }
    }

    private static Option<T> Hidden<T>(string name) => new(name) { Hidden = true };
}
