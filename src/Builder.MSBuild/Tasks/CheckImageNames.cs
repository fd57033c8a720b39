using Builder.MSBuild.Items;
using Microsoft.Build.Framework;

namespace Builder.MSBuild.Tasks;

/// <summary>Two target frameworks must not write the same image: the later one would silently win.</summary>
public sealed class CheckImageNames : BuilderTask
{
    /// <summary>The plans of all target frameworks.</summary>
    [Required]
    public ITaskItem[] Plans { get; set; } = [];

    private protected override void Run()
    {
        foreach (var same in Plans.SelectMany(plan => new ItemReader(plan).List(nameof(ImagePlan.Tags))).GroupBy(tag => tag, StringComparer.Ordinal).Where(same => same.Count() > 1))
        {
            Fail(MSBuildErrors.SameName, $"several target frameworks would build {same.Key}; put $(TargetFramework) into its Tag, or choose one with BuildImageTargetFrameworks");
        }
    }
}
