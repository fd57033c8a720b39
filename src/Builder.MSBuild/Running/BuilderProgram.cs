using System.Runtime.InteropServices;
using Builder.MSBuild.Items;

namespace Builder.MSBuild.Running;

/// <summary>A way to start the builder: a file, and what stands before its own arguments.</summary>
internal sealed record BuilderProgram(string File, IReadOnlyList<string> Leading)
{
    public override string ToString() => string.Join(" ", [File, .. Leading]);

    /// <summary>The ways to start it on this machine, the best first: the native program, then the one that .NET runs.</summary>
    /// <param name="host">The machine's runtime identifier, such as <c>linux-x64</c>; empty to find it out.</param>
    /// <param name="tools">The package's folder of programs.</param>
    /// <param name="dotnet">The path of <c>dotnet</c>; empty for that of <c>PATH</c>.</param>
    /// <param name="own">A builder that the user prefers, native or <c>.dll</c>; empty for the package's.</param>
    /// <param name="usesNative">False for the one that .NET runs, whatever there is.</param>
    /// <exception cref="ItemException">None runs here.</exception>
    public static IReadOnlyList<BuilderProgram> Find(string host, string tools, string dotnet, string own, bool usesNative)
    {
        var machine = host.Length > 0 ? host : ThisMachine();
        if (!machine.StartsWith("linux-", StringComparison.Ordinal) || machine.StartsWith("linux-musl-", StringComparison.Ordinal))
        {
            throw new ItemException(MSBuildErrors.UnsupportedHost, $"images are built on Linux with glibc, and this machine is {machine}: build them on such a machine, in WSL or in CI");
        }

        BuilderProgram Managed(string path) => new(dotnet.Length > 0 ? dotnet : "dotnet", ["exec", "--roll-forward", "Major", path]);
        if (own.Length > 0)
        {
            return System.IO.File.Exists(own) ? [own.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? Managed(own) : new(own, [])]
                : throw new ItemException(MSBuildErrors.NoProgram, $"the program that BuilderProgram names is not there: {own}");
        }

        var native = Path.Combine(tools, machine, "builder");
        var managed = Path.Combine(tools, "any", "builder.dll");
        return usesNative && System.IO.File.Exists(native) ? [new(native, []), Managed(managed)] : [Managed(managed)];
    }

    private static string ThisMachine()
    {
        var system = RuntimeInformation.IsOSPlatform(OSPlatform.Linux) ? "linux" : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "osx" : "win";
        return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
    }
}
