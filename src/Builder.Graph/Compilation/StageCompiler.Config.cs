using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <content>The instructions that say how to run the image.</content>
internal sealed partial class StageCompiler
{
    private void Workdir(WorkdirInstruction workdir)
    {
        var path = GuestPath.Join(state.WorkingDirectory, Expand(workdir.Path));
        state.Config = state.Config with { WorkingDir = path };
        state.HasWorkdir = true;
        if (path == "/")
        {
            names.Next(workdir.Code);
            Record("WORKDIR /");
            return;
        }

        var operation = new MakeDirectoryOperation(path, state.Config.User ?? "") { SourceDateEpoch = scope.SourceDateEpoch };
        Record("WORKDIR " + path, Step(operation, [scope.Graph.OrScratch(state.Root)], workdir));
    }

    private void User(UserInstruction user)
    {
        var name = Expand(user.User);
        state.Config = state.Config with { User = name };
        Record("USER " + name);
    }

    private void Cmd(CmdInstruction cmd)
    {
        var arguments = ArgumentsOf(cmd.Command);
        state.HasOwnCommand = true;
        state.Config = state.Config with { Cmd = arguments, ArgsEscaped = true };
        Record("CMD " + GoText.QuotedList(arguments));
    }

    /// <summary>The CMD of a base was written for another entrypoint, so it goes; that of this stage stays.</summary>
    private void Entrypoint(EntrypointInstruction entrypoint)
    {
        var arguments = ArgumentsOf(entrypoint.Command);
        state.Config = state.Config with { Entrypoint = arguments, Cmd = state.HasOwnCommand ? state.Config.Cmd : null };
        Record("ENTRYPOINT " + GoText.QuotedList(arguments));
    }

    private void Shell(ShellInstruction shell)
    {
        IReadOnlyList<string> arguments = [.. shell.Arguments.Select(argument => argument.Text)];
        state.Config = state.Config with { Shell = arguments };
        Record("SHELL " + GoText.List(arguments));
    }

    private void Expose(ExposeInstruction expose)
    {
        var ports = expose.Ports
            .SelectMany(word => scope.Expander.ExpandToWords(word, state.Variables, escape).SelectMany(port => PortList.Parse(port, word.Span)))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        state.Config = state.Config with { ExposedPorts = ConfigSets.With(state.Config.ExposedPorts, ports) };
        Record("EXPOSE " + GoText.List(ports));
    }

    private void Volume(VolumeInstruction volume)
    {
        var paths = volume.Paths.Select(word => Expand(word) is { Length: > 0 } path
            ? path
            : throw new BuilderException(GraphErrors.InvalidConfig, "VOLUME specified can not be an empty string", span: word.Span)).ToList();
        state.Config = state.Config with { Volumes = ConfigSets.With(state.Config.Volumes, paths) };
        Record("VOLUME " + GoText.List(paths));
    }

    private void Signal(StopSignalInstruction instruction)
    {
        var signal = Expand(instruction.Signal);
        StopSignal.Require(signal, instruction.Signal.Span);
        state.Config = state.Config with { StopSignal = signal };
        Record("STOPSIGNAL " + signal);
    }

    private void HealthCheck(HealthcheckInstruction healthcheck)
    {
        IReadOnlyList<string> test = healthcheck.Command switch
        {
            null => ["NONE"],
            ExecCommand exec => ["CMD", .. exec.Arguments.Select(argument => argument.Text)],
            ShellCommand shell => ["CMD-SHELL", shell.Text],
            var other => throw new ArgumentException($"no such command here: {other}", nameof(healthcheck)),
        };
        var check = new Healthcheck
        {
            Test = test,
            Interval = healthcheck.Interval,
            Timeout = healthcheck.Timeout,
            StartPeriod = healthcheck.StartPeriod,
            StartInterval = healthcheck.StartInterval,
            Retries = healthcheck.Retries,
        };
        state.Config = state.Config with { Healthcheck = check };
        Record(
            $"HEALTHCHECK {{Test:{GoText.List(test)} Interval:{GoText.Duration(check.Interval)} Timeout:{GoText.Duration(check.Timeout)} "
            + $"StartPeriod:{GoText.Duration(check.StartPeriod)} StartInterval:{GoText.Duration(check.StartInterval)} Retries:{check.Retries}}}");
    }

    private void Maintainer(MaintainerInstruction maintainer)
    {
        state.Author = maintainer.Author.Text;
        Record("MAINTAINER " + maintainer.Author.Text);
    }

    /// <summary>Kept for whoever starts from this stage; it leaves its mark in history there.</summary>
    private void Onbuild(OnbuildInstruction onbuild) =>
        state.Config = state.Config with { OnBuild = [.. state.Config.OnBuild ?? [], onbuild.Trigger.Text] };

    private IReadOnlyList<string> ArgumentsOf(CommandLine command) => command switch
    {
        ExecCommand exec => [.. exec.Arguments.Select(argument => argument.Text)],
        ShellCommand shell => [.. state.Shell, shell.Script],
        ScriptCommand script => [.. state.Shell, script.Script],
        _ => throw new ArgumentException($"no such command: {command}", nameof(command)),
    };
}
