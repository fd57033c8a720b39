using Builder.Linux.ControlGroups;
using Builder.Linux.Processes;

namespace Builder.Containers;

/// <summary>A container that some process has started, to be joined by another (<see cref="ContainerProcess.JoinAsync"/>).</summary>
/// <param name="First">Its first process.</param>
/// <param name="Group">Its control group; null when it has none.</param>
public sealed record RunningContainer(ProcessHandle First, ControlGroup? Group);
