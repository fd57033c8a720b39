using Builder.MSBuild.Incremental;
using Builder.MSBuild.Items;
using Builder.MSBuild.Progress;
using Microsoft.Build.Framework;

namespace Builder.MSBuild.Tasks;

/// <summary>What <c>dotnet clean</c> does: takes away images, archives and notes that builds of this project have left.</summary>
public sealed class RemoveImages : BuilderTask
{
    [Required]
    public string Folder { get; set; } = "";

    /// <summary>False to leave images in the store.</summary>
    public bool RemovesFromStore { get; set; } = true;

    private protected override void Run()
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        foreach (var result in Directory.GetFiles(Folder, "*.image").OrderBy(path => path, StringComparer.Ordinal).Select(ImageResult.Read))
        {
            if (RemovesFromStore)
            {
                RemoveFromStore(result);
            }

            foreach (var file in result.Files)
            {
                File.Delete(file);
            }
        }

        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A name that means another image by now is somebody else's.</summary>
    private void RemoveFromStore(ImageResult result)
    {
        try
        {
            foreach (var tag in result.Tags.Where(tag => AreStored([tag], result.ImageId)))
            {
                var (exitCode, _) = RunProgram(["rmi", tag], line => Warn(MSBuildErrors.NotRemoved, $"{tag} stays in the store: {PlainError.TryParse(line)?.Message ?? line}"));
                Log.LogMessage(MessageImportance.Normal, "{0}", exitCode == 0 ? $"removed the image {tag}" : $"the image {tag} was not removed");
            }
        }
        catch (ItemException e)
        {
            // A machine that cannot build images has none in its store.
            Log.LogMessage(MessageImportance.Low, "{0}", e.Message);
        }
    }
}
