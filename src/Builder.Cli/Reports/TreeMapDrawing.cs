using Builder.Cli.Displays;
using Builder.Engine.Anatomy;

namespace Builder.Cli.Reports;

/// <summary>An image's layers by size, and in each the folders that take the most.</summary>
internal static class TreeMapDrawing
{
    private const int Width = 980;
    private const int Height = 420;
    private const int HeadHeight = 18;
    private const int MaxFolders = 40;

    /// <summary>Folders are told apart down to this depth.</summary>
    private const int Depth = 2;

    private const double LeastShare = 0.004;
    private const double LetterWidth = 6.4;

    public static Markup Draw(ImageAnatomy anatomy)
    {
        var layers = anatomy.Layers.Where(layer => layer.Size > 0).OrderByDescending(layer => layer.Size).ToList();
        if (layers.Count == 0)
        {
            return Markup.Of($"<p>No layer of the image has bytes that are here.</p>");
        }

        var areas = TreeMap.Divide([.. layers.Select(layer => (double)layer.Size)], new Area(0, 0, Width, Height));
        return Markup.Of($"""<svg id="treemap" role="img" aria-label="Layers by size" viewBox="0 0 {Width} {Height}" width="{Width}">{Markup.Join(layers.Zip(areas, Layer))}</svg>""");
    }

    private static Markup Layer(LayerAnatomy layer, Area area)
    {
        var hue = layer.Number * 47 % 360;
        var head = area.Height > HeadHeight * 2 ? HeadHeight : 0;
        var folders = Folders(layer);
        var pieces = TreeMap.Divide([.. folders.Select(folder => (double)folder.Size)], area.Inset(2, head + 2));
        var title = $"layer {layer.Number}: {Sizes.Format(layer.Size)}";
        return Markup.Of($"""
            <g class="layer"><title>{title}
            {layer.CreatedBy ?? ""}</title><rect x="{area.X}" y="{area.Y}" width="{area.Width}" height="{area.Height}" fill="hsl({hue} 40% 45%)" stroke="#fff"/>{(head > 0 ? Label(title, area.X + 5, area.Y + 14, area.Width - 8) : Markup.Empty)}{Markup.Join(folders.Zip(pieces, (folder, piece) => Folder(folder, piece, hue)))}</g>
            """);
    }

    private static Markup Folder((string Path, long Size) folder, Area area, int hue) => Markup.Of($"""
        <g class="folder"><title>{folder.Path}: {Sizes.Format(folder.Size)}</title><rect x="{area.X}" y="{area.Y}" width="{area.Width}" height="{area.Height}" fill="hsl({hue} 45% 72%)" stroke="hsl({hue} 40% 45%)"/>{(area.Height >= 16 ? Label(folder.Path, area.X + 4, area.Y + 13, area.Width - 6, "dark") : Markup.Empty)}</g>
        """);

    /// <summary>As much of a text as fits; nothing where that would be next to nothing.</summary>
    private static Markup Label(string text, double x, double y, double room, string kind = "light")
    {
        var letters = (int)(room / LetterWidth);
        return letters < 4 ? Markup.Empty : Markup.Of($"""<text class="{kind}" x="{x}" y="{y}">{GraphDrawing.Shorten(text, letters)}</text>""");
    }

    /// <summary>The biggest first; small ones together.</summary>
    private static List<(string Path, long Size)> Folders(LayerAnatomy layer)
    {
        var all = layer.Files.Where(file => file.Facts.Size > 0)
            .GroupBy(file => FolderOf(file.Path), file => file.Facts.Size)
            .Select(group => (Path: group.Key, Size: group.Sum()))
            .OrderByDescending(folder => folder.Size).ThenBy(folder => folder.Path, StringComparer.Ordinal).ToList();
        var shown = all.Take(MaxFolders).TakeWhile(folder => folder.Size >= layer.Size * LeastShare).ToList();
        var rest = all.Skip(shown.Count).Sum(folder => folder.Size);
        return rest > 0 ? [.. shown.Append(("other files", rest)).OrderByDescending(folder => folder.Item2)] : shown;
    }

    private static string FolderOf(string path)
    {
        var parts = path.Split('/');
        return "/" + string.Join('/', parts.Take(Math.Min(Depth, Math.Max(1, parts.Length - 1))));
    }
}
