using System.Globalization;
using System.Text.Json;
using Builder.Engine.Anatomy;
using Builder.Engine.Images;
using Builder.Oci;

namespace Builder.Cli.Displays;

/// <summary><c>builder inspect --layers</c>: each layer's biggest files, and the bytes that no container can see.</summary>
internal static class LayerTable
{
    /// <summary>How many files a person is shown of each layer; programs get all.</summary>
    private const int Shown = 12;

    private const int Instruction = 70;

    public static IEnumerable<string> Render(StoredImage image, ImageAnatomy anatomy)
    {
        foreach (var layer in anatomy.Layers)
        {
            var instruction = layer.CreatedBy is { } command ? "  " + Columns.Fit(command.ReplaceLineEndings(" "), Instruction) : "";
            yield return Terminal.Harmless($"layer {layer.Number}  {layer.DiffId.Digest.Short}  {SummaryOf(layer)}{instruction}");
            foreach (var line in layer.IsHere ? Files(layer) : ["  its bytes are not in this store; builder pull fetches them"])
            {
                yield return line;
            }
        }

        var share = anatomy.Size == 0 ? 0 : anatomy.Wasted * 100 / anatomy.Size;
        var count = image.Config.RootFs.DiffIds.Count;
        yield return $"{Sizes.Format(anatomy.Size)} in {Count(count, "layer")}, {Sizes.Format(anatomy.Wasted)} ({share}%) of it wasted";
    }

    /// <summary>The same for programs, with every file.</summary>
    public static void Write(Utf8JsonWriter json, StoredImage image, ImageAnatomy anatomy)
    {
        json.WriteStartObject();
        json.WriteString("Id", image.Id.ToString());
        json.WriteStartArray("RepoTags");
        foreach (var name in image.Names.Where(name => name.Tag is not null))
        {
            json.WriteStringValue((name with { Digest = null }).Familiar);
        }

        json.WriteEndArray();
        json.WriteNumber("Size", anatomy.Size);
        json.WriteNumber("Wasted", anatomy.Wasted);
        json.WriteStartArray("Layers");
        foreach (var layer in anatomy.Layers)
        {
            Write(json, layer);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LayerAnatomy layer)
    {
        json.WriteStartObject();
        json.WriteNumber("Number", layer.Number);
        json.WriteString("DiffID", layer.DiffId.ToString());
        json.WriteString("Digest", layer.Blob.Digest.ToString());
        json.WriteNumber("StoredSize", layer.Blob.Size);
        json.WriteString("CreatedBy", layer.CreatedBy);
        json.WriteBoolean("IsHere", layer.IsHere);
        json.WriteNumber("Size", layer.Size);
        json.WriteNumber("Wasted", layer.Wasted);
        json.WriteStartArray("Files");
        foreach (var file in layer.Files)
        {
            json.WriteStartObject();
            json.WriteString("Path", "/" + file.Path);
            json.WriteString("Kind", file.Facts.Kind);
            json.WriteString("Mode", file.Facts.Mode);
            json.WriteString("Owner", file.Facts.Owner);
            json.WriteNumber("Size", file.Facts.Size);
            if (file.End != FileEnd.Seen)
            {
                json.WriteString("End", file.End == FileEnd.Deleted ? "deleted" : "overwritten");
                json.WriteNumber("EndedBy", file.EndedBy!.Value);
                json.WriteNumber("Wasted", file.Wasted);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static IEnumerable<string> Files(LayerAnatomy layer)
    {
        var bySize = layer.Files.Where(file => file.Facts.Kind == "file").OrderByDescending(file => file.Facts.Size).ThenBy(file => file.Path, StringComparer.Ordinal).ToList();
        foreach (var file in bySize.Take(Shown))
        {
            yield return Line(file.Facts.Size, "/" + file.Path + EndOf(file));
        }

        if (bySize.Count > Shown)
        {
            yield return Line(bySize.Skip(Shown).Sum(file => file.Facts.Size), $"{Count(bySize.Count - Shown, "smaller file")} (--format json names all)");
        }
    }

    private static string SummaryOf(LayerAnatomy layer) => layer.IsHere
        ? $"{Sizes.Format(layer.Size)} in {Count(layer.Files.Count(file => file.Facts.Kind == "file"), "file")}{(layer.Wasted > 0 ? $", {Sizes.Format(layer.Wasted)} wasted" : "")}"
        : $"{Sizes.Format(layer.Blob.Size)} stored elsewhere";

    private static string EndOf(AnatomyFile file) => file.End switch
    {
        FileEnd.Seen => "",
        FileEnd.Deleted => $"  (deleted by layer {file.EndedBy})",
        _ => $"  (overwritten by layer {file.EndedBy})",
    };

    private static string Line(long size, string text) => Terminal.Harmless($"  {Sizes.Format(size),8}  {text}");

    private static string Count(int count, string what) => count.ToString(CultureInfo.InvariantCulture) + " " + what + (count == 1 ? "" : "s");
}
