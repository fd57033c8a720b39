using Builder.MSBuild.Incremental;
using Builder.MSBuild.Items;
using Microsoft.Build.Framework;

namespace Builder.MSBuild.Tasks;

/// <summary>
/// Notes the inputs of each image, and takes away results that do not hold any more: MSBuild's <c>Inputs</c> and <c>Outputs</c> do
/// the rest.
/// </summary>
public sealed class FindChangedImages : BuilderTask
{
    [Required]
    public ITaskItem[] Plans { get; set; } = [];

    /// <summary>Folders that builds write to, which no image is made of (<c>bin</c>, <c>obj</c>).</summary>
    public string[] LeftOut { get; set; } = [];

    /// <summary>False to build every image, whatever has changed.</summary>
    public bool IsIncremental { get; set; } = true;

    private protected override void Run()
    {
        var project = Path.GetDirectoryName(ProjectFile)!;
        var fingerprint = new InputFingerprint([.. LeftOut.Where(folder => folder.Length > 0).Select(folder => Path.GetFullPath(Path.Combine(project, folder)).TrimEnd('/', '\\'))]);
        foreach (var plan in Plans.Select(ImagePlan.Of))
        {
            Directory.CreateDirectory(plan.Folder);
            WriteIfChanged(plan.InputsFile, fingerprint.Of(plan, [$"store {Environment.GetEnvironmentVariable("BUILDER_ROOT")}"]));
            if (File.Exists(plan.ResultFile) && !(IsIncremental && IsThere(ImageResult.Read(plan.ResultFile))))
            {
                File.Delete(plan.ResultFile);
            }
        }
    }

    /// <summary>An image that was removed from the store since, or whose name means another one by now, is not up to date, whatever the files say.</summary>
    private bool IsThere(ImageResult result) => AreStored(result.Tags, result.ImageId);

    private static void WriteIfChanged(string path, string content)
    {
        if (!File.Exists(path) || File.ReadAllText(path) != content)
        {
            File.WriteAllText(path, content);
        }
    }
}
