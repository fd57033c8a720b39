using Builder.MSBuild.Incremental;
using Builder.MSBuild.Items;
using Microsoft.Build.Framework;

namespace Builder.MSBuild.Tasks;

/// <summary>What came out of this build or, where nothing had changed, of an earlier one.</summary>
public sealed class ReadBuiltImages : BuilderTask
{
    [Required]
    public ITaskItem[] Plans { get; set; } = [];

    [Output]
    public ITaskItem[] BuiltImages { get; private set; } = [];

    private protected override void Run() => BuiltImages =
    [
        .. from plan in Plans.Select(ImagePlan.Of)
           where File.Exists(plan.ResultFile)
           select ImageResult.Read(plan.ResultFile).ToItem(plan, ProjectFile),
    ];
}
