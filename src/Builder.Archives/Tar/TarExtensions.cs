namespace Builder.Archives.Tar;

/// <summary>What has been said of an entry before its own header.</summary>
internal struct TarExtensions
{
    public PaxRecords? Pax { get; set; }

    public ReadOnlyMemory<byte>? LongName { get; set; }

    public ReadOnlyMemory<byte>? LongLink { get; set; }

    public readonly bool IsEmpty => Pax is null && LongName is null && LongLink is null;
}
