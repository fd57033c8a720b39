using System.Collections.Frozen;

namespace Builder.Cli;

/// <summary>
/// What people write out of habit: Docker's two words where Builder has one verb, flags that say what is so anyway, and flags
/// and verbs that Builder does not have, with what to use instead.
/// </summary>
internal static class DockerHabits
{
    private static readonly FrozenDictionary<(string, string), string> Verbs = new Dictionary<(string, string), string>
    {
        [("image", "build")] = "build", [("image", "history")] = "history", [("image", "import")] = "import", [("image", "inspect")] = "inspect",
        [("image", "load")] = "load", [("image", "ls")] = "images", [("image", "list")] = "images", [("image", "prune")] = "prune", [("image", "pull")] = "pull",
        [("image", "push")] = "push", [("image", "rm")] = "rmi", [("image", "remove")] = "rmi", [("image", "save")] = "save", [("image", "tag")] = "tag",
        [("buildx", "build")] = "build", [("buildx", "b")] = "build", [("buildx", "du")] = "df", [("buildx", "prune")] = "prune", [("buildx", "version")] = "version",
        [("builder", "build")] = "build", [("builder", "prune")] = "prune",
        [("system", "df")] = "df", [("system", "info")] = "info", [("system", "prune")] = "prune",
        [("container", "attach")] = "attach", [("container", "commit")] = "commit", [("container", "cp")] = "cp", [("container", "create")] = "create",
        [("container", "diff")] = "diff", [("container", "exec")] = "exec", [("container", "inspect")] = "inspect", [("container", "kill")] = "kill",
        [("container", "list")] = "ps", [("container", "logs")] = "logs", [("container", "ls")] = "ps", [("container", "pause")] = "pause", [("container", "ps")] = "ps",
        [("container", "rename")] = "rename", [("container", "restart")] = "restart", [("container", "rm")] = "rm", [("container", "run")] = "run",
        [("container", "start")] = "start", [("container", "stop")] = "stop", [("container", "unpause")] = "unpause", [("container", "wait")] = "wait",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> MissingVerbs = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["bake"] = "Builder reads one Dockerfile a run: call builder build for each target, their shared stages are built once",
        ["compose"] = "Builder builds and runs single containers; docker-compose can run the images after builder save or builder push",
        ["context"] = "there is no daemon to choose: BUILDER_ROOT chooses the store",
        ["events"] = "there is no daemon that could tell events: builder build --progress=rawjson tells a build's",
        ["network"] = "there are no networks to manage: see --network of builder build and builder run",
        ["search"] = "registries no longer answer searches; builder tags lists the tags of a repository",
        ["service"] = "Builder runs single containers and no cluster",
        ["stack"] = "Builder runs single containers and no cluster",
        ["stats"] = "builder inspect shows what a container uses",
        ["swarm"] = "Builder runs single containers and no cluster",
        ["top"] = "use builder exec NAME ps",
        ["trust"] = "signatures are artifacts beside an image: builder manifest referrers lists them",
        ["update"] = "a container's limits are set by create and run",
        ["volume"] = "there are no named volumes: bind a folder with -v FOLDER:TARGET, or keep a cache with RUN --mount=type=cache",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> MissingBuildFlags = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["--arch"] = "use --platform OS/ARCH",
        ["--os"] = "use --platform OS/ARCH",
        ["--variant"] = "use --platform OS/ARCH/VARIANT",
        ["--all-platforms"] = "name them: --platform linux/amd64,linux/arm64",
        ["--attest"] = "attestations are artifacts beside the image: attach them with builder manifest attach",
        ["--authfile"] = "set REGISTRY_AUTH_FILE, or use builder login",
        ["--creds"] = "use builder login",
        ["--debug"] = "use --on-error=shell for a shell in the step that failed",
        ["--destination"] = "use -t NAME with --push",
        ["--dockerfile"] = "use -f FILE",
        ["--env"] = "write ENV in the Dockerfile, or use --build-arg with an ARG",
        ["--format"] = "images are in OCI form; builder push --format docker and --output type=docker write Docker's",
        ["--from"] = "use --build-context NAME=docker-image://IMAGE to replace a base",
        ["--ignorefile"] = "put it beside the Dockerfile as NAME.dockerignore",
        ["--logfile"] = "use --log-dir FOLDER, or redirect standard error",
        ["--manifest"] = "use builder manifest create and add, or --platform with several platforms",
        ["--policy"] = "use --locked with a Dockerfile.lock",
        ["--resource"] = "use --memory, --cpu-quota and the other limits of steps",
        ["--source-date-epoch"] = "set the variable SOURCE_DATE_EPOCH",
        ["--tls-verify"] = "plain HTTP is used for loopback; other registries are configured in registries.conf (insecure = true)",
        ["--volume"] = "use RUN --mount=type=bind with --build-context NAME=FOLDER, or RUN --mount=type=cache with --cache-mount",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> MissingRunFlags = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["--restart"] = "nobody watches over containers: let the service manager start builder run",
        ["--gpus"] = "use --device for the device files of the graphics card",
        ["--link"] = "containers are not joined by networks: use --network=host",
        ["--platform"] = "builder run runs what the store has under the name: pull --platform first",
        ["--log-driver"] = "builder logs shows what a container has written; there is one way to keep it",
        ["--volumes-from"] = "bind the folders with -v",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Docker's <c>image ls</c> is <c>images</c>, and so on; other lines are left alone.</summary>
    public static string[] Rewrite(string[] arguments) =>
        arguments is [var group, var verb, ..] && Verbs.TryGetValue((group, verb), out var ours) ? [ours, .. arguments[2..]] : arguments;

    /// <summary>What to do instead of a verb that Builder does not have; null when it is none of Docker's either.</summary>
    public static string? InsteadOfVerb(string verb) => MissingVerbs.GetValueOrDefault(verb);

    /// <summary>What to do instead of an option that the verb does not have.</summary>
    public static string? InsteadOfOption(string verb, string option) => verb switch
    {
        "build" => MissingBuildFlags.GetValueOrDefault(option),
        "run" or "create" => MissingRunFlags.GetValueOrDefault(option),
        _ => null,
    };
}
