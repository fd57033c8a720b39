using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Formatting;

/// <summary>
/// What a Dockerfile says, as a text that two Dockerfiles share exactly when they say the same: everything of the
/// instructions (and the comments above them) but where and how they were written.
/// </summary>
public static class Meaning
{
    public static string Of(DockerfileSyntax dockerfile)
    {
        ArgumentNullException.ThrowIfNull(dockerfile);
        var writer = new Writer();
        writer.Add(dockerfile.Directives.Escape.ToString(), dockerfile.Directives.Syntax?.Text);
        writer.Add(dockerfile.Directives.Check);
        foreach (var instruction in dockerfile.Instructions)
        {
            writer.Add(instruction);
        }

        return writer.ToString();
    }

    public static string Of(Instruction instruction)
    {
        ArgumentNullException.ThrowIfNull(instruction);
        var writer = new Writer();
        writer.Add(instruction);
        return writer.ToString();
    }

    /// <summary>Values are written with their lengths, so that none can pass for another.</summary>
    private sealed class Writer
    {
        private readonly StringBuilder text = new();

        public override string ToString() => text.ToString();

        public void Add(params ReadOnlySpan<string?> values)
        {
            foreach (var value in values)
            {
                text.Append(value is null ? "-" : value.Length.ToString(CultureInfo.InvariantCulture)).Append(' ').Append(value).Append('\n');
            }
        }

        public void Add(CheckDirective? check)
        {
            Add(check is null ? null : $"{check.SkipAll} {check.ExperimentalAll} {check.Error}");
            Add([.. check?.Skip ?? [], null, .. check?.Experimental ?? []]);
        }

        public void Add(Instruction instruction)
        {
            Add(instruction.Name);
            AddAll(instruction.Comments.Select(comment => comment.Text.TrimEnd()));
            switch (instruction)
            {
                case FromInstruction from: Add(from.Image.Text, from.Platform?.Text, from.Alias?.Text); break;
                case ArgInstruction arg: AddAll(arg.Declarations.SelectMany(one => new[] { one.Name.Text, one.Default?.Text })); break;
                case EnvInstruction env: AddPairs(env.Pairs, env.IsLegacyForm); break;
                case LabelInstruction label: AddPairs(label.Pairs, label.IsLegacyForm); break;
                case RunInstruction run: AddRun(run); break;
                case CopyInstruction copy: AddTransfer(copy, copy.From?.Text, copy.Parents.ToString()); break;
                case AddInstruction add: AddTransfer(add, add.Checksum?.Text, $"{add.KeepGitDirectory} {add.Unpack}"); break;
                case CmdInstruction cmd: AddCommand(cmd.Command); break;
                case EntrypointInstruction entrypoint: AddCommand(entrypoint.Command); break;
                case ShellInstruction shell: AddWords(shell.Arguments); break;
                case ExposeInstruction expose: AddWords(expose.Ports); break;
                case VolumeInstruction volume: AddWords(volume.Paths); break;
                case WorkdirInstruction workdir: Add(workdir.Path.Text); break;
                case UserInstruction user: Add(user.User.Text); break;
                case StopSignalInstruction signal: Add(signal.Signal.Text); break;
                case MaintainerInstruction maintainer: Add(maintainer.Author.Text); break;
                case OnbuildInstruction onbuild: Add(onbuild.Trigger.Text); break;
                case HealthcheckInstruction check:
                    Add($"{check.Interval} {check.Timeout} {check.StartPeriod} {check.StartInterval} {check.Retries}");
                    AddCommand(check.Command);
                    break;
                default: throw new ArgumentException($"no such instruction: {instruction.Name}", nameof(instruction));
            }
        }

        private void AddRun(RunInstruction run)
        {
            Add(run.Network?.ToString(), run.Security.ToString());
            AddWords(run.Devices);
            foreach (var mount in run.Mounts)
            {
                AddAll(mount.Fields.SelectMany(field => new[] { field.Key, field.Value }));
            }

            AddCommand(run.Command);
        }

        private void AddTransfer(TransferInstruction transfer, params ReadOnlySpan<string?> own)
        {
            Add(own);
            Add(transfer.Chown?.Text, transfer.Chmod?.Text, transfer.Link.ToString(), transfer.Destination.Text);
            AddWords(transfer.Excludes);
            AddWords(transfer.Sources);
            AddHeredocs(transfer.Heredocs);
        }

        private void AddCommand(CommandLine? command)
        {
            Add(command?.GetType().Name);
            switch (command)
            {
                case ExecCommand exec: AddWords(exec.Arguments); break;
                case ScriptCommand script: AddHeredocs([script.Heredoc]); break;
                case ShellCommand shell:
                    Add(shell.Text);
                    AddHeredocs(shell.Heredocs);
                    break;
            }
        }

        private void AddHeredocs(ImmutableArray<Heredoc> heredocs)
        {
            foreach (var heredoc in heredocs)
            {
                Add(heredoc.Delimiter, heredoc.Body, $"{heredoc.Expand} {heredoc.StripTabs} {heredoc.FileDescriptor}");
            }
        }

        private void AddPairs(ImmutableArray<KeyValue> pairs, bool isLegacy)
        {
            Add(isLegacy.ToString());
            AddAll(pairs.SelectMany(pair => new[] { pair.Key.Text, pair.Value.Text }));
        }

        private void AddWords(ImmutableArray<Word> words) => AddAll(words.Select(word => word.Text));

        private void AddAll(IEnumerable<string?> values)
        {
            string?[] all = [.. values];
            Add(all.Length.ToString(CultureInfo.InvariantCulture));
            Add(all);
        }
    }
}
