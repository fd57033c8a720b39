using BenchmarkDotNet.Attributes;
using Builder.Archives;
using Builder.Archives.Compression;
using Builder.Archives.Tar;
using Builder.Oci;

namespace Builder.Benchmarks.InProcess;

/// <summary>Bytes of layers: tar headers, hashing, compression.</summary>
[MemoryDiagnoser]
public class TarBenchmarks
{
    private const int Entries = 10_000;
    private readonly byte[] content = new byte[2000];
    private readonly byte[] blob = new byte[16 << 20];
    private TarEntry[] entries = [];

    [GlobalSetup]
    public void SetUp()
    {
        new Random(1).NextBytes(blob.AsSpan(0, blob.Length / 2));
        entries = [.. Enumerable.Range(0, Entries).Select(i => new TarEntry
        {
            Name = System.Text.Encoding.UTF8.GetBytes($"usr/share/some/folder/file-{i}"),
            Kind = TarEntryKind.File,
            Mode = 0x1a4,
            Size = content.Length,
        })];
    }

    [Benchmark]
    public Digest WriteAndHashSmallFiles()
    {
        using var hashing = new HashingStream(Stream.Null);
        using var tar = new TarWriter(hashing);
        foreach (var entry in entries)
        {
            tar.WriteEntry(entry);
            tar.Write(content);
        }

        tar.Finish();
        return hashing.Finish();
    }

    [Benchmark]
    public void Gzip()
    {
        using var gzip = new GzipWriterStream(Stream.Null);
        gzip.Write(blob);
    }
}
