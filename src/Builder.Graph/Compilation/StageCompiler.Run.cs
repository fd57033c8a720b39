using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Graph.Operations;

namespace Builder.Graph.Compilation;

/// <content>RUN.</content>
internal sealed partial class StageCompiler
{
    private void Run(RunInstruction run)
    {
        var script = run.Command is ScriptCommand { HasInterpreter: true } own ? new InlineFile(own.Heredoc.Delimiter, own.Script) : null;
        var arguments = script is null ? ArgumentsOf(run.Command) : [$"{RunOperation.ScriptDirectory}/{script.Name}"];
        if (arguments.Count == 0)
        {
            throw new BuilderException(GraphErrors.InvalidRun, "arguments are required", span: run.Command.Span);
        }

        var inputs = new InputList(scope.Graph.OrScratch(state.Root));
        var written = new MountCompiler(scope, plan, state, escape).Compile(run.Mounts, inputs);
        IReadOnlyList<StepMount> mounts = [.. written.Select(mount => mount.Mount)];
        var operation = new RunOperation
        {
            Arguments = arguments,
            Environment = EnvironmentWith(mounts),
            ProxyEnvironment = scope.ProxyEnvironment,
            WorkingDirectory = state.WorkingDirectory,
            User = state.Config.User ?? "",
            Network = run.Network ?? scope.Options.Network,
            Security = run.Security,
            Hostname = scope.Hostname,
            ExtraHosts = scope.Options.ExtraHosts,
            Mounts = mounts,
            Scripts = script is null ? [] : [script],
            Devices = [.. run.Devices.Select(device => device.Text)],
        };
        Record($"RUN {ArgPrefix()}{string.Join(' ', arguments)} # buildkit", Step(operation, inputs.Vertices, run, state.Platform, [.. written.Select(mount => mount.Span)]));
    }

    /// <summary>An agent's socket is of no use to a program that is not told where it is.</summary>
    private IReadOnlyList<string> EnvironmentWith(IReadOnlyList<StepMount> mounts)
    {
        const string Variable = "SSH_AUTH_SOCK";
        var socket = mounts.OfType<StepSshMount>().FirstOrDefault();
        return socket is null || state.Variables.Contains(Variable) ? state.Variables.Lines : [.. state.Variables.Lines, $"{Variable}={socket.Target}"];
    }

    /// <summary><c>|2 A=1 B= </c>: the ARGs in scope with what they are now, an unset one as if empty.</summary>
    private string ArgPrefix() =>
        state.Args.Names.Count == 0 ? ""
        : $"|{state.Args.Names.Count} {string.Join(' ', state.Args.Names.Select(name => $"{name}={state.Variables.Find(name)}"))} ";
}
