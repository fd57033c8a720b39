#:project ../../src/Builder.Registry/Builder.Registry.csproj

// What an image is made of, asked of its registry: dotnet run layers.cs NAME
using Builder.Diagnostics;
using Builder.Oci;
using Builder.Registry;

using var registry = new RegistryClient();
try
{
    var name = ImageReference.Parse(args[0]);
    var image = await registry.ResolveAsync(name, Platform.Host);
    Console.WriteLine($"{image.Descriptor.Digest} {image.Manifest.Layers.Sum(layer => layer.Size)} bytes");
    foreach (var layer in image.Manifest.Layers)
    {
        // Verified while it is read: a wrong byte is an exception, not a wrong layer.
        await registry.FetchBlobAsync(name, layer, Stream.Null);
        Console.WriteLine($"{layer.Digest} {layer.Size} bytes");
    }

    return 0;
}
catch (BuilderException e)
{
    Console.Error.WriteLine($"{e.Message}\n{e.Hint}");
    return e.Code.ExitCode;
}
