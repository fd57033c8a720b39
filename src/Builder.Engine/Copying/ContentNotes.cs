using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>What is seen on the way while a content key is made: a mark of each file, and how young the youngest is.</summary>
internal sealed class ContentNotes
{
    private readonly List<FileMark> marks = [];

    public IReadOnlyList<FileMark> Marks => marks;

    /// <summary>The newest modification time of what a copy would take along, in seconds since 1970; null when there was nothing.</summary>
    public long? Newest { get; private set; }

    public void Add(FileMark mark, in FileStatus status)
    {
        marks.Add(mark);
        Newest = Math.Max(Newest ?? long.MinValue, status.Modified.Seconds);
    }
}
