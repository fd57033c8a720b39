using System.Globalization;
using System.Text.Json;
using Builder.Engine.Anatomy;
using Builder.Engine.Images;
using Builder.Oci;
using Builder.Storage;

namespace Builder.Engine.Explaining;

/// <summary>One thing by which two images differ.</summary>
/// <param name="What">What it is: <c>env PATH</c>, <c>layer 3</c>, <c>file etc/passwd</c>.</param>
/// <param name="Before">In the first image; null when it has no such thing.</param>
/// <param name="After">In the second image.</param>
public sealed record ImageDifference(string What, string? Before, string? After);

/// <summary>A file by which two images differ.</summary>
/// <param name="Path">Relative to the root; empty for the root itself.</param>
/// <param name="Before">Null when the first image does not have it.</param>
public sealed record FileDifference(string Path, FileFacts? Before, FileFacts? After)
{
    /// <summary>As <c>docker diff</c> marks it: added, changed or deleted.</summary>
    public char Kind => Before is null ? 'A' : After is null ? 'D' : 'C';
}

/// <summary>Tells how two images of the store differ: what they are built on, what they say, and the files of the layers that are not alike.</summary>
public sealed class ImageComparer(BuilderStore store)
{
    /// <summary>How many files are named of one layer.</summary>
    public const int MaxFiles = 50;

    /// <returns>The differences, from the platform to the last layer; none for equal images.</returns>
    public IReadOnlyList<ImageDifference> Compare(StoredImage before, StoredImage after, CancellationToken cancellationToken)
    {
        var differences = new List<ImageDifference>(CompareWords(before, after));
        AddLayers(differences, before, after, cancellationToken);
        return differences;
    }

    /// <summary>What the images say of themselves: platform, config, annotations.</summary>
    public static IReadOnlyList<ImageDifference> CompareWords(StoredImage before, StoredImage after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var differences = new List<ImageDifference>();
        Add(differences, "platform", before.Config.Platform.ToString(), after.Config.Platform.ToString());
        Add(differences, "created", before.Config.Created?.ToString("O", CultureInfo.InvariantCulture), after.Config.Created?.ToString("O", CultureInfo.InvariantCulture));
        Add(differences, "author", before.Config.Author, after.Config.Author);
        AddConfig(differences, before.Config.Execution ?? new ExecutionConfig(), after.Config.Execution ?? new ExecutionConfig());
        AddMap(differences, "annotation ", before.Manifest.Annotations, after.Manifest.Annotations);
        return differences;
    }

    /// <summary>The files that containers of two images see, compared one by one, whatever layers they come from.</summary>
    /// <returns>By path.</returns>
    /// <exception cref="Diagnostics.BuilderException"><see cref="EngineErrors.NoSuchImage"/>: the bytes of a layer are not in the store.</exception>
    public IReadOnlyList<FileDifference> CompareFiles(StoredImage before, StoredImage after, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var known = new Dictionary<DiffId, IReadOnlyList<LayerEntry>>();
        var (first, second) = (TreeOf(before, known, cancellationToken), TreeOf(after, known, cancellationToken));
        return [.. first.Keys.Union(second.Keys).Order(StringComparer.Ordinal)
            .Select(key => new FileDifference(LayerEntry.PathOf(key), first.GetValueOrDefault(key)?.Entry.Facts, second.GetValueOrDefault(key)?.Entry.Facts))
            .Where(difference => difference.Before != difference.After)];
    }

    /// <param name="known">Layers that were read already: images that are alike share most of them.</param>
    private IReadOnlyDictionary<string, StackedFile> TreeOf(StoredImage image, Dictionary<DiffId, IReadOnlyList<LayerEntry>> known, CancellationToken cancellationToken)
    {
        var stack = new LayerStack();
        foreach (var layer in image.Config.RootFs.DiffIds)
        {
            if (!known.TryGetValue(layer, out var entries))
            {
                entries = LayerReading.Read(store, layer, withDigests: true, wanted: null, cancellationToken) ?? throw new Diagnostics.BuilderException(
                    EngineErrors.NoSuchImage, $"the layer {layer} of {image.Id.Short} is not in this store, so its files cannot be compared", "fetch the image with builder pull");
                known.Add(layer, entries);
            }

            stack.Add(entries);
        }

        return stack.Seen;
    }

    private static void AddConfig(List<ImageDifference> differences, ExecutionConfig before, ExecutionConfig after)
    {
        AddMap(differences, "env ", Variables(before.Env), Variables(after.Env));
        AddMap(differences, "label ", before.Labels, after.Labels);
        Add(differences, "user", before.User, after.User);
        Add(differences, "working directory", before.WorkingDir, after.WorkingDir);
        Add(differences, "entrypoint", Text(before.Entrypoint), Text(after.Entrypoint));
        Add(differences, "cmd", Text(before.Cmd), Text(after.Cmd));
        Add(differences, "shell", Text(before.Shell), Text(after.Shell));
        Add(differences, "stop signal", before.StopSignal, after.StopSignal);
        Add(differences, "ports", Text(before.ExposedPorts?.Keys), Text(after.ExposedPorts?.Keys));
        Add(differences, "volumes", Text(before.Volumes?.Keys), Text(after.Volumes?.Keys));
        Add(differences, "onbuild", Text(before.OnBuild), Text(after.OnBuild));
        Add(differences, "healthcheck", Text(before.Healthcheck?.Test), Text(after.Healthcheck?.Test));
    }

    /// <summary>Layers are compared by their place; after one that was added or taken away all others count as changed.</summary>
    private void AddLayers(List<ImageDifference> differences, StoredImage before, StoredImage after, CancellationToken cancellationToken)
    {
        var (first, second) = (StepsOf(before), StepsOf(after));
        for (var i = 0; i < Math.Max(first.Count, second.Count); i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (one, other) = (first.ElementAtOrDefault(i), second.ElementAtOrDefault(i));
            if (one == other)
            {
                continue;
            }

            if (one?.CreatedBy != other?.CreatedBy)
            {
                differences.Add(new ImageDifference($"step {i + 1}", one?.CreatedBy, other?.CreatedBy));
            }

            if (one?.DiffId != other?.DiffId)
            {
                differences.Add(new ImageDifference($"layer of step {i + 1} ({Short(other?.CreatedBy ?? one?.CreatedBy)})", one?.DiffId?.ToString(), other?.DiffId?.ToString()));
                if (one?.DiffId is { } from && other?.DiffId is { } to)
                {
                    differences.AddRange(new LayerComparer(store).Compare(from, to, cancellationToken).Take(MaxFiles));
                }
            }
        }
    }

    private static List<StepOfImage> StepsOf(StoredImage image)
    {
        var diffIds = new Queue<DiffId>(image.Config.RootFs.DiffIds);
        List<StepOfImage> steps = [.. (image.Config.History ?? []).Select(entry => new StepOfImage(entry.CreatedBy, entry.EmptyLayer || !diffIds.TryDequeue(out var diffId) ? null : diffId))];
        steps.AddRange(diffIds.Select(diffId => new StepOfImage(null, diffId)));
        return steps;
    }

    private static void Add(List<ImageDifference> differences, string what, string? before, string? after)
    {
        if (before != after)
        {
            differences.Add(new ImageDifference(what, before, after));
        }
    }

    private static void AddMap(List<ImageDifference> differences, string what, IReadOnlyDictionary<string, string>? before, IReadOnlyDictionary<string, string>? after)
    {
        foreach (var name in (before?.Keys ?? []).Union(after?.Keys ?? []).Order(StringComparer.Ordinal))
        {
            Add(differences, what + name, before?.GetValueOrDefault(name), after?.GetValueOrDefault(name));
        }
    }

    private static Dictionary<string, string> Variables(IReadOnlyList<string>? lines) =>
        (lines ?? []).Select(line => line.Split('=', 2)).GroupBy(pair => pair[0], StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Last() is [_, var value] ? value : "", StringComparer.Ordinal);

    private static string? Text(IEnumerable<string>? values) => values is null ? null : "[" + string.Join(", ", values.Select(value => $"\"{JsonEncodedText.Encode(value, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"")) + "]";

    private static string Short(string? instruction) => instruction is null ? "no instruction" : instruction.Length > 60 ? instruction[..60] + "…" : instruction;

    private sealed record StepOfImage(string? CreatedBy, DiffId? DiffId);
}
