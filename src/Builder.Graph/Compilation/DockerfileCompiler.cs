using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation;

/// <summary>Turns a Dockerfile into a graph and the description of an image.</summary>
public static class DockerfileCompiler
{
    /// <summary>Compiles the stages that the target needs, and asks for their base images and no others.</summary>
    /// <exception cref="Diagnostics.BuilderException">See <see cref="GraphErrors"/>; from the resolver; from expansion.</exception>
    public static Task<BuildPlan> CompileAsync(
        DockerfileSyntax dockerfile, CompileOptions options, IImageResolver resolver, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{dockerfile} {options} {resolver} {cancellationToken}");
}
