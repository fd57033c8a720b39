using Builder.Archives.Tar;
using Builder.Linux.Files;

namespace Builder.Storage.Layers;

/// <content>
/// Whiteouts. They take away what lower layers have and never what this one adds, wherever in the archive they stand.
/// </content>
internal sealed partial class LayerApplier
{
    private void ApplyWhiteout(TarEntry entry, List<byte[]> parent, byte[] name)
    {
        if (name.AsSpan().SequenceEqual(WhiteoutName.Opaque))
        {
            path.Enter(parent);
            HideAll(parent.Count == 0);
            return;
        }

        if (name.AsSpan().StartsWith(WhiteoutName.MetadataPrefix))
        {
            return;
        }

        var hidden = name[WhiteoutName.Prefix.Length..];
        if (hidden.Length == 0 || hidden.AsSpan().SequenceEqual("."u8) || hidden.AsSpan().SequenceEqual(".."u8))
        {
            throw LayerErrors.Invalid(entry.Name.Span, "is a whiteout of nothing");
        }

        path.Enter(parent);
        Hide(hidden);
    }

    private void Hide(byte[] name)
    {
        if (path.Current.Knowledge == LowerKnowledge.Absent)
        {
            return;
        }

        switch (Here.TryLstat(name))
        {
            case null:
                OverlayMarks.MakeWhiteout(Here, name);
                break;
            case { Type: FileType.Directory }:
                marks.SetOpaque(Here, name);
                break;
        }
    }

    private void HideAll(bool inRoot)
    {
        if (path.Current.Knowledge == LowerKnowledge.Absent)
        {
            return;
        }

        if (!inRoot)
        {
            marks.SetOpaque(Here, DirectoryHandle.Self);
            path.ForgetLower();
            return;
        }

        // Overlayfs always merges the roots, so there each name has to go by itself.
        foreach (var item in path.Current.Lower?.Read() ?? throw new LowerNeededException())
        {
            Hide(item.Name);
        }
    }
}
