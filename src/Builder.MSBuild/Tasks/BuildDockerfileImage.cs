using System.Xml.Linq;
using Builder.MSBuild.Incremental;
using Builder.MSBuild.Items;
using Builder.MSBuild.Progress;
using Microsoft.Build.Framework;

namespace Builder.MSBuild.Tasks;

/// <summary>Builds one image with the builder, out of process, and notes what came out.</summary>
public sealed class BuildDockerfileImage : BuilderTask
{
    [Required]
    public ITaskItem Plan { get; set; } = null!;

    public bool TreatWarningsAsErrors { get; set; }

    public string WarningsAsErrors { get; set; } = "";

    public string WarningsNotAsErrors { get; set; } = "";

    public string NoWarn { get; set; } = "";

    private protected override void Run()
    {
        var plan = ImagePlan.Of(Plan);
        var policy = WarningPolicy.Of(TreatWarningsAsErrors, WarningsAsErrors, WarningsNotAsErrors, NoWarn);
        var log = new ProgressLog(Log, Help, policy, ProjectFile);
        if (policy.CanRaise)
        {
            Check(plan, policy, log);
        }

        if (log.Errors == 0 && !IsCanceled)
        {
            Build(plan, log);
        }
    }

    /// <summary>Findings that are errors here are told before anything is built, so that nothing wrong is kept or pushed.</summary>
    private void Check(ImagePlan plan, WarningPolicy policy, ProgressLog log)
    {
        var (_, answer) = RunProgram(["build", "--call=check,format=json", "--progress=rawjson", .. plan.Arguments], line => Log.LogMessage(MessageImportance.Low, "{0}", line));
        if (Json.TryParse(answer) is not { } report)
        {
            return;
        }

        var file = report.Items("sources").FirstOrDefault()?.Text("filename") ?? plan.Dockerfile;
        foreach (var warning in report.Items("warnings").Where(warning => policy.IsError(CheckCodes.Of(warning.Text("ruleName")))))
        {
            var place = new XElement("place", new XElement("sourceInfo", new XElement("filename", file)), new XElement("range", warning.Element("location")?.Items("ranges")));
            log.Finding(warning.Text("ruleName"), warning.Text("detail"), warning.Text("url"), SourcePlace.Of(place, file));
        }
    }

    private void Build(ImagePlan plan, ProgressLog log)
    {
        var (idFile, metadataFile) = (Path.Combine(plan.Folder, plan.Key + ".iid"), Path.Combine(plan.Folder, plan.Key + ".json"));
        File.Delete(plan.ResultFile);
        foreach (var folder in plan.OutputFiles.Select(file => Path.GetDirectoryName(file)!))
        {
            Directory.CreateDirectory(folder);
        }

        string[] arguments = ["build", "--progress=rawjson", "--iidfile", idFile, "--metadata-file", metadataFile, .. plan.Arguments];
        Log.LogMessage(MessageImportance.Low, "{0}", "builder " + Running.ArgumentQuoting.Join(arguments));
        var (exitCode, _) = RunProgram(arguments, log.Line);
        if (IsCanceled)
        {
            return;
        }

        if (exitCode != 0)
        {
            if (log.Errors == 0)
            {
                Fail(MSBuildErrors.ProgramFailed, $"the builder ended with {exitCode} and did not say why; its output is above");
            }

            return;
        }

        if (!Log.HasLoggedErrors)
        {
            var metadata = Json.TryParse(File.ReadAllText(metadataFile));
            var result = new ImageResult(File.ReadAllText(idFile).Trim(), metadata?.Text("containerimage.digest") ?? "", plan.Tags, plan.ArchivePath, plan.OutputFiles);
            result.Write(plan.ResultFile);
            Log.LogMessage(MessageImportance.High, "{0}", $"  {Path.GetFileNameWithoutExtension(ProjectFile)} -> {string.Join(", ", plan.Tags)} ({result.Digest}){(plan.Push ? ", pushed" : "")}{(plan.ArchivePath.Length > 0 ? $", {plan.ArchivePath}" : "")}");
        }
    }
}
