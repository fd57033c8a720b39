using System.Collections.Frozen;

namespace Builder.Cli.Help;

/// <summary>What the definitions of the command line do not say: which options belong together, and examples.</summary>
internal static class HelpTexts
{
    public const string EveryCommand = "Options of every command";

    public static readonly IReadOnlyList<HelpEntry> ExitCodes =
    [
        new("0", "done"),
        new("1", "the build failed: a step's command, a missing file"),
        new("2", "the command line is wrong"),
        new("3", "the Dockerfile is wrong, or a check failed"),
        new("4", "a registry or the network failed"),
        new("5", "the machine lacks something: namespaces, subordinate ids, room on the disk"),
        new("125-127", "run and exec: Builder failed, the command cannot be executed, the command was not found"),
        new("128+n", "ended by signal n: 130 for Ctrl-C, 143 for SIGTERM"),
    ];

    private static readonly string[] Groups =
    [
        "Images", "Containers", "Registries", "Store", "Tools", "Commands",
        "Input", "Result", "Cache", "Steps", "Limits of steps", "Failures", "Display", "Options", EveryCommand,
    ];

    private static readonly FrozenDictionary<string, string> VerbGroups = Index(
        ("Images", "build commit diff explain export history images import inspect load lock report rmi save squash tag"),
        ("Containers", "attach checkpoint container cp create exec kill logs pause ps rename restart restore rm run start stop unpause wait"),
        ("Registries", "copy login logout manifest pull push tags"),
        ("Store", "cache check-store df materialize prune"));

    private static readonly FrozenDictionary<string, string> BuildGroups = Index(
        ("Input", "--file --target --also --build-arg --build-context --secret --ssh --pull --platform --context-mode --lock --locked --label --env-file"),
        ("Result", "--tag --output --push --load --annotation --squash --iidfile --metadata-file --timestamp --verify-reproducible"),
        ("Cache", "--no-cache --no-cache-filter --cache-from --cache-to --cache-ttl --cache-mount --cache-mount-from --cache-mount-to --explain"),
        ("Steps", "--network --userns --pid --ipc --uts --cgroupns --timens --add-host --dns --dns-search --dns-option --allow --cap-add --cap-drop --security-opt --runtime --jobs"),
        ("Limits of steps", "--shm-size --ulimit --memory --memory-swap --cpu-shares --cpu-period --cpu-quota --cpus --cpuset-cpus --cpuset-mems --pids-limit --blkio-weight --cgroup-parent --limits --step-timeout"),
        ("Failures", "--keep-going --keep-failed --on-error --break"),
        ("Display", "--progress --quiet --log-dir --check --call --report"));

    private static readonly FrozenDictionary<string, HelpEntry[]> Examples = new Dictionary<string, HelpEntry[]>(StringComparer.Ordinal)
    {
        [""] =
        [
            new("builder build -t app .", "build the Dockerfile of this folder"),
            new("builder run app", "run the image"),
            new("builder push app registry.example/team/app:1.0", "push it"),
        ],
        ["build"] =
        [
            new("builder build -t app .", "build the Dockerfile of this folder and name the image"),
            new("builder build -f prod.Dockerfile --target api --build-arg VERSION=1.2 -t api .", "another file, one stage, a value for an ARG"),
            new("builder build --secret id=token,src=token.txt --output type=docker,dest=app.tar .", "a secret for RUN --mount=type=secret; the result as a file for docker load"),
            new("builder build --push -t registry.example/team/app:1.0 .", "build and push"),
            new("builder build --report report.html .", "a page for the browser: graph, timings, cache, layers, packages"),
            new("builder build --check .", "look for mistakes and build nothing"),
        ],
        ["cache ls"] = [new("builder cache ls", "what RUN --mount=type=cache keeps")],
        ["cache du"] = [new("builder cache du", "how much room it takes")],
        ["cache export"] = [new("builder cache export --to type=registry,ref=registry.example/caches:app npm", "send one cache to a registry")],
        ["cache import"] = [new("builder cache import --from type=local,src=caches", "take in what a folder holds")],
        ["explain"] = [new("builder explain app:1 app:2", "how two images differ, down to the file")],
        ["lock update"] = [new("builder lock update .", "write down what base images, downloads and repositories are now")],
        ["lock verify"] = [new("builder lock verify .", "what means something else now")],
        ["cache rm"] = [new("builder cache rm npm", "forget one cache")],
        ["attach"] = [new("builder attach web", "be where its output goes, and type for it")],
        ["commit"] = [new("builder commit -m 'with tools' -c 'CMD [\"sh\"]' web app:tools", "what a container has changed becomes an image")],
        ["container export"] = [new("builder container export web -o web.tar", "all of a container, to move it elsewhere")],
        ["container import"] = [new("builder container import web.tar", "and there it is again")],
        ["container prune"] = [new("builder container prune -f --filter until=24h", "remove those that have ended, without asking")],
        ["cp"] = [new("builder cp web:/etc/app.conf .", "a file out of a container; the other way round too")],
        ["checkpoint"] = [new("builder checkpoint web", "write down the processes and stop them")],
        ["create"] = [new("builder create --name web -e MODE=test app", "a container that start starts")],
        ["diff"] =
        [
            new("builder diff web", "which files a container has changed"),
            new("builder diff app:1 app:2", "how two images differ, file by file and by config"),
        ],
        ["exec"] = [new("builder exec -it web sh", "a shell in a running container")],
        ["kill"] = [new("builder kill -s HUP web", "send a signal")],
        ["logs"] = [new("builder logs -f --tail 20 web", "the last lines, and what comes after them")],
        ["pause"] = [new("builder pause web", "let it stand still")],
        ["ps"] = [new("builder ps -a --format '{{.Names}} {{.Status}}'", "all containers, as a script wants them")],
        ["rename"] = [new("builder rename web old-web", "another name")],
        ["restart"] = [new("builder restart -t 5 web", "stop within five seconds, and start again")],
        ["start"] = [new("builder start web", "start one that was created or has ended")],
        ["stop"] = [new("builder stop -t 30 web", "ask it to end, and make it after half a minute")],
        ["unpause"] = [new("builder unpause web", "let it go on")],
        ["wait"] = [new("builder wait web", "wait for its end and print its exit code")],
        ["check-store"] = [new("builder check-store --repair", "prove everything, and put right what can be")],
        ["copy"] = [new("builder copy docker://registry.example/app:1 oci:folder:1", "from a registry to a layout folder, all platforms")],
        ["df"] = [new("builder df -v", "what takes how much room, one by one")],
        ["export"] = [new("builder export -o files.tar app", "an image's files as one tar")],
        ["fmt"] = [new("builder fmt --check Dockerfile", "exit with 1 if the layout is not the usual one")],
        ["history"] = [new("builder history --no-trunc app", "the steps that an image came about by")],
        ["images"] = [new("builder images --filter label=team=a --format '{{.Repository}}:{{.Tag}}'", "names of images with a label")],
        ["import"] = [new("builder import -c 'CMD [\"/bin/sh\"]' files.tar app", "files become an image")],
        ["info"] = [new("builder info --format json", "what this machine offers, for a program")],
        ["inspect"] =
        [
            new("builder inspect -f '{{json .Config.Env}}' app", "one part of what there is to know"),
            new("builder inspect --layers app", "the files of each layer, and what of them is wasted"),
            new("builder inspect --remote registry.example/app:1", "ask a registry, and fetch nothing"),
        ],
        ["load"] = [new("builder load -i app.tar", "images from an archive")],
        ["login"] = [new("echo \"$TOKEN\" | builder login -u me --password-stdin registry.example", "log in without the password in the command line")],
        ["logout"] = [new("builder logout registry.example", "forget a login")],
        ["manifest create"] = [new("builder manifest create app:1 app:1-amd64 app:1-arm64", "one name for two platforms")],
        ["manifest add"] = [new("builder manifest add app:1 app:1-riscv64", "one more platform")],
        ["manifest annotate"] = [new("builder manifest annotate --arch arm64 --variant v8 app:1 app:1-arm64", "say which machine an entry is for")],
        ["manifest attach"] = [new("builder manifest attach --artifact-type text/spdx app:1 sbom.json", "a bill of materials beside an image")],
        ["manifest inspect"] = [new("builder manifest inspect debian:12", "the manifest or index that a registry has")],
        ["manifest push"] = [new("builder manifest push app:1 registry.example/team/app:1", "the list and all that it names")],
        ["manifest referrers"] = [new("builder manifest referrers registry.example/team/app:1", "signatures and other artifacts beside an image")],
        ["manifest remove"] = [new("builder manifest remove app:1 sha256:0f3c", "one platform less")],
        ["manifest rm"] = [new("builder manifest rm app:1", "forget the list")],
        ["materialize"] = [new("builder materialize app", "write the layers, for other tools to read the store in place")],
        ["prune"] = [new("builder prune --all --filter until=72h", "remove what no name needs and nobody used for three days")],
        ["pull"] = [new("builder pull --platform linux/arm64 debian:12", "an image for another machine")],
        ["push"] = [new("builder push app registry.example/team/app:1.0", "push under another name")],
        ["report"] = [new("builder report -o report.html app", "a page about the image and the build that made it")],
        ["restore"] = [new("builder restore web", "the processes go on from where they were")],
        ["rm"] = [new("builder rm --remote registry.example/app:old", "delete a tag in a registry")],
        ["rmi"] = [new("builder rmi app:old", "take a name away, and the image if it was the last")],
        ["run"] = [new("builder run app ls -l /", "a command in a container that is gone afterwards"), new("builder run -d -p 8080:80 --runtime runsc web", "a service behind a port, in gVisor")],
        ["save"] = [new("builder save -o app.tar app", "an archive that docker load takes")],
        ["squash"] = [new("builder squash -t app:flat app", "one layer of all")],
        ["tag"] = [new("builder tag app registry.example/team/app:1.0", "a second name")],
        ["tags"] = [new("builder tags registry.example/team/app", "the tags that a registry has")],
        ["completion"] = [new("builder completion bash > /etc/bash_completion.d/builder", "Tab completes from now on")],
        ["config"] = [new("builder config", "which options have other values than usual, and why")],
        ["config schema"] = [new("builder config schema > builder.schema.json", "for the editor to check builder.json by")],
        ["man"] = [new("builder man --out /usr/local/share/man/man1", "manual pages of all commands")],
        ["version"] = [new("builder version", "which Builder this is")],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string GroupOfVerb(string verb) => VerbGroups.GetValueOrDefault(verb, "Tools");

    public static string GroupOfOption(string verb, string option) => verb == "build" ? BuildGroups.GetValueOrDefault(option, "Options") : "Options";

    public static int RankOfGroup(string group) => Array.IndexOf(Groups, group);

    public static IReadOnlyList<HelpEntry> ExamplesOf(string verb) => Examples.GetValueOrDefault(verb, []);

    private static FrozenDictionary<string, string> Index(params ReadOnlySpan<(string Group, string Names)> groups)
    {
        var index = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (group, names) in groups)
        {
            foreach (var name in names.Split(' '))
            {
                index.Add(name, group);
            }
        }

        return index.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
