using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine;
using Builder.Engine.Inspection;

namespace Builder.Cli.Calls;

/// <summary>Answers a call: the answer to standard output, remarks about it to standard error.</summary>
internal static class CallRunner
{
    public static async Task<int> RunAsync(ImageBuilder builder, BuildRequest request, BuildCall call, CancellationToken cancellationToken)
    {
        switch (call.Method)
        {
            case CallMethod.Check:
                return Write(await builder.CheckAsync(request, cancellationToken), call);
            case CallMethod.Outline:
                var (outlined, outline) = await builder.OutlineAsync(request, cancellationToken);
                Terminal.WriteLine(call.Format == CallFormat.Json ? BuildKitJson.Outline(outlined, outline) : InspectionText.Outline(outline));
                return 0;
            case CallMethod.Targets:
                var (listed, targets) = await builder.TargetsAsync(request, cancellationToken);
                Terminal.WriteLine(call.Format == CallFormat.Json ? BuildKitJson.Targets(listed, targets) : InspectionText.Targets(targets));
                return 0;
            default:
                throw new ArgumentException($"{call.Method} is no question", nameof(call));
        }
    }

    /// <summary>An error is told to people even where a machine reads the answer: on standard error.</summary>
    private static int Write(CheckedDockerfile file, BuildCall call)
    {
        Terminal.WriteLine(call.Format switch
        {
            CallFormat.Json => BuildKitJson.Check(file),
            CallFormat.Sarif => SarifJson.Check(file),
            _ => InspectionText.Check(file),
        });
        foreach (var image in file.Unseen)
        {
            Terminal.WriteErrorLine(
                $"note: checks that depend on {Terminal.Harmless(image.Name)} were left out, it could not be looked at: {Terminal.Harmless(image.Reason.Message)}");
        }

        if (file.Report.Error is { } error)
        {
            ErrorDisplay.Write(error);
        }

        return call.IgnoreStatus || !file.HasFindings ? 0 : ExitCode(file);
    }

    private static int ExitCode(CheckedDockerfile file) => (file.Report.Error?.Code ?? Graph.GraphErrors.ChecksFailed).ExitCode;
}
