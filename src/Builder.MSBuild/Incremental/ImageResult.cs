using Builder.MSBuild.Items;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Builder.MSBuild.Incremental;

/// <summary>What a build gave, as a file of <c>name=value</c> lines that is there only for an image that is.</summary>
/// <param name="ImageId"><c>sha256:…</c> of the config; of the index, when there are several platforms.</param>
/// <param name="Digest"><c>sha256:…</c> of the manifest or index, as registries know it.</param>
/// <param name="ArchivePath">Absolute; empty when there is none.</param>
/// <param name="Files">Absolute paths of all archives.</param>
internal sealed record ImageResult(string ImageId, string Digest, IReadOnlyList<string> Tags, string ArchivePath, IReadOnlyList<string> Files)
{
    /// <summary>In one go: a result that is half written would be half believed.</summary>
    public void Write(string path)
    {
        var temporary = path + ".tmp";
        File.WriteAllLines(temporary,
        [
            $"{nameof(ImageId)}={ImageId}", $"{nameof(Digest)}={Digest}", $"{nameof(Tags)}={Escaping.Join(Tags)}",
            $"{nameof(ArchivePath)}={ArchivePath}", $"{nameof(Files)}={Escaping.Join(Files)}",
        ]);
        File.Delete(path);
        File.Move(temporary, path);
    }

    public static ImageResult Read(string path)
    {
        var lines = File.ReadAllLines(path).Select(line => line.Split(['='], 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        string Value(string name) => lines.TryGetValue(name, out var value) ? value : "";
        return new ImageResult(Value(nameof(ImageId)), Value(nameof(Digest)), Escaping.Split(Value(nameof(Tags))), Value(nameof(ArchivePath)), Escaping.Split(Value(nameof(Files))));
    }

    /// <summary>As <c>@(BuiltImage)</c> has it.</summary>
    public ITaskItem ToItem(ImagePlan plan, string project)
    {
        var item = new TaskItem(Escaping.Escape(Tags.Count > 0 ? Tags[0] : ImageId));
        item.SetMetadata(nameof(ImageId), ImageId);
        item.SetMetadata(nameof(Digest), Digest);
        item.SetMetadata(nameof(Tags), Escaping.Join(Tags));
        item.SetMetadata(nameof(ArchivePath), Escaping.Escape(ArchivePath));
        item.SetMetadata(nameof(plan.Dockerfile), Escaping.Escape(plan.Dockerfile));
        item.SetMetadata(nameof(plan.TargetStage), Escaping.Escape(plan.TargetStage));
        item.SetMetadata(nameof(plan.Platforms), Escaping.Join(plan.Platforms));
        item.SetMetadata("Pushed", plan.Push ? "true" : "false");
        item.SetMetadata(nameof(plan.ContextName), Escaping.Escape(plan.ContextName));
        item.SetMetadata("Project", Escaping.Escape(project));
        return item;
    }
}
