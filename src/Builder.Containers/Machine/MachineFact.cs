namespace Builder.Containers.Machine;

/// <summary>One thing that a machine offers to containers, or does not.</summary>
/// <param name="Name">A word for programs: <c>controlGroups</c>.</param>
/// <param name="Title">The same for people.</param>
/// <param name="Value">What there is.</param>
/// <param name="Cost">What does not work without it, and how to get it; null when nothing is missing.</param>
public sealed record MachineFact(string Name, string Title, string Value, string? Cost = null);
