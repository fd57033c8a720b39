using System.CommandLine;
using Builder.Cli.Calls;
using Builder.Cli.Displays;
using Builder.Cli.Reports;
using Builder.Containers;
using Builder.Diagnostics;
using Builder.Dockerfile.Grammar;
using Builder.Dockerfile.Syntax;
using Builder.Engine;
using Builder.Engine.Caching;
using Builder.Engine.Contexts;
using Builder.Engine.Deferring;
using Builder.Engine.Exporters;
using Builder.Engine.Locking;
using Builder.Engine.Mounts;
using Builder.Engine.Options;
using Builder.Engine.Pulling;
using Builder.Engine.Secrets;
using Builder.Engine.Sources;
using Builder.Engine.Ssh;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary><c>builder build</c>: flags to a <see cref="BuildRequest"/>, and nothing else.</summary>
internal static class BuildCommand
{
    private static readonly Option<string[]> Tag = new("--tag", "-t") { Description = "Name of the image, as name[:tag]; may be repeated", HelpName = "name" };
    private static readonly Option<string?> File = new("--file", "-f") { Description = "The Dockerfile, a path or a URL (default: Dockerfile in the context; - is standard input)", HelpName = "path" };
    private static readonly Option<string?> Target = new("--target") { Description = "The stage to build (default: the last)", HelpName = "stage" };
    private static readonly Option<string[]> BuildArg = new("--build-arg") { Description = "Value of an ARG, as NAME=VALUE, or NAME for that of the environment", HelpName = "name=value" };
    private static readonly Option<string[]> BuildContext = new("--build-context") { Description = "A further context, as NAME=folder, NAME=url, NAME=oci-layout://folder[:tag] or NAME=docker-image://reference", HelpName = "name=value" };
    private static readonly Option<string[]> Label = new("--label") { Description = "A label of the image, as NAME=VALUE", HelpName = "name=value" };
    private static readonly Option<string[]> Output = new("--output", "-o") { Description = "Where the image goes: type=image|registry|docker|oci|tar|local[,dest=path] (default: the store)", HelpName = "output" };
    private static readonly Option<bool> Push = new("--push") { Description = "Push the image to its registries: --output type=registry" };
    private static readonly Option<string[]> Annotation = new("--annotation") { Description = "An annotation, as [manifest:]KEY=VALUE or, with several platforms, index:KEY=VALUE", HelpName = "key=value" };
    private static readonly Option<string?> Squash = new("--squash") { Description = "Make one layer: of the new ones (new, the default), or of all (all)", Arity = ArgumentArity.ZeroOrOne, HelpName = "which" };
    private static readonly Option<bool> NoCache = new("--no-cache") { Description = "Run every step again" };
    private static readonly Option<string?> Pull = new("--pull") { Description = "When to ask registries for base images: missing (default), always (--pull alone), newer, never", HelpName = "policy", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string[]> NoCacheFilter = new("--no-cache-filter") { Description = "Run the steps of this stage again", HelpName = "stage" };
    private static readonly Option<string[]> PlatformOption = new("--platform") { Description = "What the image is for, as os/arch[/variant]; several, separated by commas, make an index", HelpName = "platforms" };
    private static readonly Option<string[]> CacheFrom = new("--cache-from") { Description = "Results of other machines: IMAGE, type=registry,ref=IMAGE or type=local,src=FOLDER", HelpName = "cache" };
    private static readonly Option<string[]> CacheTo = new("--cache-to") { Description = "Where results go: type=registry,ref=IMAGE, type=local,dest=FOLDER (each with mode=min|max,ignore-error=true), or type=inline", HelpName = "cache" };
    private static readonly Option<string?> CacheTtl = new("--cache-ttl") { Description = "How old known results may be, such as 12h or 1d; '# builder: cache-ttl=1d' above an instruction says it for one", HelpName = "age" };
    private static readonly Option<string[]> Also = new("--also") { Description = "A further stage that has to succeed and is not exported, such as one with tests", HelpName = "stage" };
    private static readonly Option<bool> KeepGoing = new("--keep-going") { Description = "When a step fails, finish all that does not need it" };
    private static readonly Option<bool> Lock = new("--lock") { Description = "Write Dockerfile.lock: what base images, downloads and repositories were" };
    private static readonly Option<bool> Locked = new("--locked") { Description = "Take base images, downloads and repositories as Dockerfile.lock has them, and nothing else" };
    private static readonly Option<string?> KeepFailed = new("--keep-failed") { Description = "When a step fails, keep the files that it left as an image of this name", HelpName = "name" };
    private static readonly Option<string?> OnError = new("--on-error") { Description = "When a step fails: shell opens one in its container, with its mounts and environment", HelpName = "what" };
    private static readonly Option<int?> Break = new("--break") { Description = "Open a shell before the instruction on this line; the build goes on when it ends", HelpName = "line" };
    private static readonly Option<bool> VerifyReproducible = new("--verify-reproducible") { Description = "Build twice, and fail with the first file that differs" };
    private static readonly Option<string?> LogDir = new("--log-dir") { Description = "Write what each step says to a file of its own in this folder", HelpName = "folder" };
    private static readonly Option<string[]> CacheMountFrom = new("--cache-mount-from") { Description = "Caches of RUN --mount=type=cache from elsewhere: type=registry,ref=IMAGE or type=local,src=FOLDER", HelpName = "cache" };
    private static readonly Option<string[]> CacheMountTo = new("--cache-mount-to") { Description = "Where those caches go: type=registry,ref=IMAGE or type=local,dest=FOLDER", HelpName = "cache" };
    private static readonly Option<string?> Timestamp = new("--timestamp") { Description = "The image's time: now for the clock, or seconds since 1970 (default: that of the newest thing in it)", HelpName = "time" };
    private static readonly Option<string> Network = new("--network") { Description = "Network of RUN steps: private (their own, without the host's loopback), host, none, or default (private where the machine can, else host; BUILDER_NETWORK chooses)", DefaultValueFactory = _ => "default", HelpName = "mode" };
    private static readonly Option<string[]> AddHost = new("--add-host") { Description = "A line of /etc/hosts in RUN steps, as NAME:ADDRESS", HelpName = "name:address" };
    private static readonly Option<string[]> Secret = new("--secret") { Description = "A secret for RUN --mount=type=secret and for sources (GIT_AUTH_TOKEN, HTTP_AUTH_TOKEN_host), as id=NAME,src=FILE or id=NAME,env=VARIABLE", HelpName = "secret" };
    private static readonly Option<string[]> Ssh = new("--ssh") { Description = "An agent for RUN --mount=type=ssh, and default for repositories: default for that of SSH_AUTH_SOCK, ID=SOCKET, or ID=KEY[,KEY]", HelpName = "agent" };
    private static readonly Option<string[]> Allow = new("--allow") { Description = "What steps may have beyond a container: network.host, security.insecure, device[=NAME]", HelpName = "entitlement" };
    private static readonly Option<string?> StepTimeout = new("--step-timeout") { Description = "How long each RUN step may take, such as 90s or 1h30m", HelpName = "time" };
    private static readonly Option<string[]> CacheMount = new("--cache-mount") { Description = "The folder behind a RUN --mount=type=cache, as id=ID,dir=FOLDER (default: the store; see builder cache)", HelpName = "cache" };
    private static readonly Option<string> ContextModeOption = new("--context-mode") { Description = "Modes of the context's files: keep, or normalize to what git keeps", DefaultValueFactory = _ => "keep", HelpName = "mode" };
    private static readonly Option<string> Progress = new("--progress") { Description = "auto, tty, plain, rawjson or quiet", DefaultValueFactory = _ => "auto", HelpName = "kind" };
    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Print the image id and nothing else" };
    private static readonly Option<int?> Jobs = new("--jobs") { Description = "How many steps run at the same time (default: one a processor)", HelpName = "n" };
    private static readonly Option<bool> Check = new("--check") { Description = "Run the build checks and build nothing (short for --call=check)" };
    private static readonly Option<string?> Call = new("--call", "--print") { Description = "Tell something instead of building: check, outline or targets[,format=json|sarif]", HelpName = "method" };
    private static readonly Argument<string> Context = new("context") { Description = "What the Dockerfile copies from: a folder, a URL, a git repository, or - for an archive or a Dockerfile on standard input" };

    private const string StandardInput = "-";
    private const string RawJsonKind = "rawjson";

    public static Command Create()
    {
        var command = new Command("build", "Build an image from a Dockerfile")
        {
            Tag, File, Target, BuildArg, BuildContext, Label, Annotation, Output, Push, NoCache, Pull, NoCacheFilter, CacheFrom, CacheTo, CacheTtl, PlatformOption, Network, AddHost, Secret, Ssh, Allow, StepTimeout, CacheMount, ContextModeOption, Squash, Progress, Quiet, Jobs, Also, KeepGoing, Timestamp, Lock, Locked, KeepFailed, OnError, Break, VerifyReproducible, LogDir, CacheMountFrom, CacheMountTo, Check, Call, Context,
        };
        foreach (var option in IsolationOptions.All.Concat(BuildReport.Options).Concat(BuildHabits.All))
        {
            command.Add(option);
        }

        command.SetAction((parsed, _) =>
        {
            ErrorDisplay.IsForPrograms = parsed.GetValue(Progress) == RawJsonKind;
            return RootlessBuild.MayWork(parsed.GetValue(Context)!, parsed.GetValue(File))
                ? Session.RunAsUserAsync((session, token) => BuildAsync(session, parsed, token))
                : Session.RunAsRootAsync((session, token) => BuildAsync(session, parsed, token));
        });
        return command;
    }

    /// <summary>An option whose value may be left away takes no other word for it: in <c>--squash .</c> the dot is the context.</summary>
    public static string[] Complete(string[] arguments) =>
        arguments is ["build", ..] ? [.. arguments.Select(argument => argument switch
        {
            "--squash" => "--squash=new",
            "--explain" => "--explain=text",
            _ => argument,
        })] : arguments;

    private static async Task<int> BuildAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var report = new BuildReport(parsed);
        report.Validate();
        BuildHabits.Validate(parsed);
        using var display = new PausableDisplay(() => LogsOf(parsed, DisplayOf(parsed)));
        var builder = new ImageBuilder(session.Store, session.Registry, TimeProvider.System, Terminal.OpenInput, Terminal.OpenOutput) { Missed = report.Missed, Shell = display.Shell };
        var request = RequestOf(parsed);
        var call = BuildCall.Parse(parsed.GetValue(Call), parsed.GetValue(Check));
        if (call.Method != CallMethod.Build)
        {
            return await CallRunner.RunAsync(builder, request, call, cancellationToken);
        }

        BuildResult? result = null;
        Descriptor? pushed = null;
        string? failure = null;
        var warnings = new List<Diagnostic>();
        using var ledger = new BuildLedger(display, TimeProvider.System, session.Store.Steps.TookOf, showsMisses: report.ShowsMisses);
        var isBegunAgain = false;
        try
        {
            try
            {
                result = await builder.BuildAsync(request, ledger, warnings.Add, cancellationToken);
                if (parsed.GetValue(VerifyReproducible))
                {
                    await BuildVerification.RunAsync(session, builder, request, result, ledger, cancellationToken);
                }
            }
            catch (RootNeededException)
            {
                (isBegunAgain, warnings) = (true, []);
                throw;
            }
            catch (BuilderException e)
            {
                failure = e.Message;
                throw;
            }
            finally
            {
                if (ErrorDisplay.IsForPrograms)
                {
                    warnings.ForEach(display.Warn);
                }

                ledger.Dispose();
                if (!isBegunAgain)
                {
                    WriteTable(parsed, ledger);
                }

                // At the end, where a person looks; of a build that failed before the error, which comes last.
                if (!ErrorDisplay.IsForPrograms)
                {
                    WarningSummary.Write(warnings);
                }
            }

            pushed = await BuildPush.RunAsync(session, request, result, parsed.GetValue(Quiet), cancellationToken);
            session.KeepWithinBudget(cancellationToken);
        }
        finally
        {
            if (!isBegunAgain)
            {
                report.Write(request, result, pushed, toStdout: !request.Outputs.Any(output => output.Destination == OutputSpec.Stdout));
                report.WritePage(session, request, ledger, result, failure, cancellationToken);
            }
        }

        return 0;
    }

    private static BuildRequest RequestOf(ParseResult parsed) => new()
    {
        Context = ContextOf(parsed),
        ContextMode = ContextModeOf(parsed.GetValue(ContextModeOption)!),
        DockerfilePath = parsed.GetValue(File) is { } path and not StandardInput ? path : null,
        Dockerfile = parsed.GetValue(File) == StandardInput ? ReadDockerfile() : null,
        Names = [.. (parsed.GetValue(Tag) ?? []).Select(ImageReference.Parse)],
        Target = parsed.GetValue(Target),
        BuildArgs = Pairs(parsed.GetValue(BuildArg), "--build-arg", Environment.GetEnvironmentVariable),
        NamedContexts = Pairs(parsed.GetValue(BuildContext), "--build-context", null),
        Labels = Pairs(parsed.GetValue(Label), "--label", null),
        Platform = PlatformsOf(parsed) is [var first, ..] ? first : null,
        Platforms = PlatformsOf(parsed) is { Count: > 1 } several ? several : [],
        CacheFrom = [.. (parsed.GetValue(CacheFrom) ?? []).Select(text => CacheSpec.Parse(text, isExport: false))],
        CacheTo = [.. (parsed.GetValue(CacheTo) ?? []).Select(text => CacheSpec.Parse(text, isExport: true))],
        CacheTtl = parsed.GetValue(CacheTtl) is { } age ? Graph.Compilation.CacheAge.Parse(age) : null,
        Also = parsed.GetValue(Also) ?? [],
        KeepGoing = parsed.GetValue(KeepGoing),
        Lock = parsed.GetValue(Locked) ? LockMode.Require : parsed.GetValue(Lock) ? LockMode.Write : LockMode.None,
        KeepFailed = parsed.GetValue(KeepFailed) is { } failed ? ImageReference.Parse(failed) : null,
        ShellOnError = parsed.GetValue(OnError) switch
        {
            null or "fail" => false,
            "shell" => true,
            var other => throw new BuilderException(CliErrors.Usage, $"'{other}' is not what --on-error takes", "it is shell"),
        },
        BreakLine = parsed.GetValue(Break),
        CacheMountsFrom = [.. (parsed.GetValue(CacheMountFrom) ?? []).Select(text => CacheSpec.Parse(text, isExport: false))],
        CacheMountsTo = [.. (parsed.GetValue(CacheMountTo) ?? []).Select(text => CacheSpec.Parse(text, isExport: true))],
        UsesClock = parsed.GetValue(Timestamp) == "now",
        NoCache = parsed.GetValue(NoCache),
        Pull = PullPolicyOf(parsed.GetValue(Pull)),
        NoCacheStages = [.. (parsed.GetValue(NoCacheFilter) ?? []).SelectMany(stages => stages.Split(','))],
        Network = parsed.GetValue(Network) switch
        {
            "host" => RunNetwork.Host,
            "none" => RunNetwork.None,
            _ => RunNetwork.Default,
        },
        Isolation = IsolationOptions.Of(parsed, parsed.GetValue(Network)) with { TimeLimit = parsed.GetValue(StepTimeout) is { } time ? TimeOf(time) : null },
        Secrets = [.. (parsed.GetValue(Secret) ?? []).Select(text => SecretSpec.Parse(text, name => Environment.GetEnvironmentVariable(name) is not null))],
        SshAgents = [.. (parsed.GetValue(Ssh) ?? []).Select(text => SshSpec.Parse(text, Environment.GetEnvironmentVariable))],
        Allowed = AllowedBy(parsed),
        CachePlaces = (parsed.GetValue(CacheMount) ?? []).Select(CachePlace.Parse).ToDictionary(place => place.Id, place => place.Folder, StringComparer.Ordinal),
        ExtraHosts = [.. (parsed.GetValue(AddHost) ?? []).Select(HostOf)],
        SourceDateEpoch = EpochOf(parsed.GetValue(Timestamp)),
        Squash = SquashOf(parsed),
        Jobs = parsed.GetValue(Jobs),
        Annotations = BuildAnnotations.Parse(parsed.GetValue(Annotation) ?? [], "manifest", PlatformsOf(parsed).Count > 1),
        IndexAnnotations = BuildAnnotations.Parse(parsed.GetValue(Annotation) ?? [], "index", PlatformsOf(parsed).Count > 1),
        Outputs = BuildPush.Outputs(BuildHabits.WithStore(parsed, [.. (parsed.GetValue(Output) ?? []).Select(OutputSpec.Parse)]), parsed.GetValue(Push), (parsed.GetValue(Tag) ?? []).Length > 0),
    };

    private static PullPolicy PullPolicyOf(string? text) => text switch
    {
        null or "missing" or "false" => PullPolicy.Missing,
        "always" or "true" => PullPolicy.Always,
        "newer" or "ifnewer" => PullPolicy.Newer,
        "never" => PullPolicy.Never,
        _ => throw new BuilderException(CliErrors.Usage, $"unknown pull policy '{text}'", "it is always, missing, newer or never"),
    };

    /// <summary>Whoever asks for the host's network on the command line allows it, as with docker.</summary>
    private static Entitlements AllowedBy(ParseResult parsed)
    {
        var allowed = Entitlements.Parse(parsed.GetValue(Allow) ?? []);
        return parsed.GetValue(Network) == "host" ? allowed with { NetworkHost = true } : allowed;
    }

    private static TimeSpan TimeOf(string text) =>
        GoValues.TryParseDuration(text, out var nanoseconds) && nanoseconds >= TimeSpan.NanosecondsPerTick
            ? TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick)
            : throw new BuilderException(CliErrors.Usage, $"--step-timeout: '{text}' is not a length of time", "write it with units: 90s, 1h30m");

    private static string ContextOf(ParseResult parsed)
    {
        var context = parsed.GetValue(Context)!;
        return context != StandardInput || parsed.GetValue(File) != StandardInput ? context : throw new BuilderException(
            SourceErrors.StandardInput, "standard input cannot be both the build context and the Dockerfile", "give a folder as the context, or leave -f away");
    }

    private static ContextMode ContextModeOf(string text) => text switch
    {
        "keep" => ContextMode.Keep,
        "normalize" => ContextMode.Normalize,
        var other => throw new BuilderException(CliErrors.Usage, $"unknown context mode '{other}'", "it is keep or normalize"),
    };

    private static SourceText ReadDockerfile()
    {
        using var reader = new StreamReader(Terminal.OpenInput());
        return new SourceText("stdin", reader.ReadToEnd());
    }

    /// <summary>What a person sees last, before warnings and errors; nothing where progress is for programs.</summary>
    private static void WriteTable(ParseResult parsed, BuildLedger ledger)
    {
        if (!parsed.GetValue(Quiet) && (parsed.GetValue(Progress) == "tty" || (parsed.GetValue(Progress) == "auto" && Terminal.CanRedraw)))
        {
            foreach (var line in StepTable.Render(ledger.Close(withSavings: true), Math.Max(Terminal.Size.Columns - 1, 1), new Style(Terminal.HasColor)))
            {
                Terminal.WriteErrorLine(line);
            }
        }
    }

    private static IBuildDisplay DisplayOf(ParseResult parsed)
    {
        var kind = parsed.GetValue(Quiet) ? "quiet" : parsed.GetValue(Progress);
        return kind switch
        {
            "auto" when Terminal.CanRedraw => NewTerminalDisplay(),
            "tty" when Terminal.ErrorIsTerminal => NewTerminalDisplay(),
            "tty" => throw new BuilderException(CliErrors.Usage, "--progress=tty needs a terminal, and standard error is none", "leave the option away, or use --progress=plain"),
            "auto" or "plain" => new PlainDisplay(Terminal.WriteErrorLine, Terminal.ErrorIsTerminal),
            RawJsonKind => new RawJsonDisplay(Terminal.WriteErrorLine),
            "quiet" => new QuietDisplay(Terminal.WriteErrorLine),
            var other => throw new BuilderException(CliErrors.Usage, $"unknown progress '{other}'", "it is auto, tty, plain, rawjson or quiet"),
        };
    }

    private static IBuildDisplay LogsOf(ParseResult parsed, IBuildDisplay display) => parsed.GetValue(LogDir) is { } folder ? new LogFolder(display, folder) : display;

    private static TerminalDisplay NewTerminalDisplay() => new(Terminal.WriteError, () => Terminal.Size, Terminal.HasColor, Terminal.Rewraps, TimeProvider.System);

    private static Dictionary<string, string> Pairs(string[]? texts, string option, Func<string, string?>? fallback)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts ?? [])
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                pairs[text[..equals]] = text[(equals + 1)..];
            }
            else if (equals < 0 && fallback is not null)
            {
                if (fallback(text) is { } value)
                {
                    pairs[text] = value;
                }
            }
            else
            {
                throw new BuilderException(CliErrors.Usage, $"'{text}' is not what {option} takes", "write it as NAME=VALUE");
            }
        }

        return pairs;
    }

    private static Graph.Operations.HostEntry HostOf(string text)
    {
        var separator = text.IndexOfAny([':', '=']);
        return separator > 0 && separator < text.Length - 1
            ? new Graph.Operations.HostEntry(text[..separator], text[(separator + 1)..].Trim('[', ']'))
            : throw new BuilderException(CliErrors.Usage, $"'{text}' is not what --add-host takes", "write it as NAME:ADDRESS");
    }

    private static SquashMode SquashOf(ParseResult parsed) => parsed.GetResult(Squash) is null ? SquashMode.None : parsed.GetValue(Squash) switch
    {
        null or "new" or "true" => SquashMode.New,
        "all" => SquashMode.All,
        "false" => SquashMode.None,
        var other => throw new BuilderException(CliErrors.Usage, $"'{other}' is not what --squash takes", "it is new or all, written --squash=all"),
    };

    private static IReadOnlyList<Platform> PlatformsOf(ParseResult parsed) =>
        [.. (parsed.GetValue(PlatformOption) ?? []).SelectMany(text => text.Split(',')).Select(Platform.Parse).Distinct()];

    /// <summary>Of the option, else of the environment; none for those who want the clock.</summary>
    private static long? EpochOf(string? timestamp) => timestamp switch
    {
        null => SourceDateEpochOf(Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH")),
        "now" => null,
        _ => SourceDateEpochOf(timestamp),
    };

    internal static long? SourceDateEpochOf(string? text) => string.IsNullOrEmpty(text) ? null
        : long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds >= 0 ? seconds
        : throw new BuilderException(CliErrors.Usage, $"invalid SOURCE_DATE_EPOCH: {text}", "it is a number of seconds since 1970");
}
