using System.CommandLine;
using Builder.Cli.Calls;
using Builder.Cli.Displays;
using Builder.Engine;
using Builder.Engine.Locking;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary><c>builder lock</c>: what a Dockerfile takes from outside, written down and compared.</summary>
internal static class LockCommand
{
    private static readonly Option<string?> File = new("--file", "-f") { Description = "The Dockerfile (default: Dockerfile in the context)", HelpName = "path" };
    private static readonly Option<string[]> BuildArg = new("--build-arg") { Description = "Value of an ARG, as NAME=VALUE", HelpName = "name=value" };
    private static readonly Option<string[]> PlatformOption = new("--platform") { Description = "What the image is for; several, separated by commas, are all locked", HelpName = "platforms" };
    private static readonly Option<string> Format = TextOrJson.Option();
    private static readonly Argument<string> Context = new("context") { Description = "The folder of the build", DefaultValueFactory = _ => "." };

    public static Command Create()
    {
        var update = new Command("update", "Write Dockerfile.lock: digests of base images, of downloads, commits of repositories") { File, BuildArg, PlatformOption, Format, Context };
        update.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => UpdateAsync(session, parsed, token)));
        var verify = new Command("verify", "Tell what means something else now than Dockerfile.lock says") { File, BuildArg, PlatformOption, Format, Context };
        verify.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => VerifyAsync(session, parsed, token)));
        return new Command("lock", "Write down what a Dockerfile takes from outside, and compare") { update, verify };
    }

    private static async Task<int> UpdateAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var (path, now) = await NowAsync(session, parsed, cancellationToken);
        var before = System.IO.File.Exists(path) ? LockFile.Read(path) : new LockFile();
        now.Write(path);
        Write(before.DifferencesFrom(now), TextOrJson.IsJson(parsed, Format));
        return 0;
    }

    private static async Task<int> VerifyAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var (path, now) = await NowAsync(session, parsed, cancellationToken);
        var differences = LockFile.Read(path).DifferencesFrom(now);
        Write(differences, TextOrJson.IsJson(parsed, Format));
        return differences.Count == 0 ? 0 : EngineErrors.LockDrift.ExitCode;
    }

    private static Task<(string Path, LockFile Now)> NowAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var builder = new ImageBuilder(session.Store, session.Registry, TimeProvider.System, Terminal.OpenInput, Terminal.OpenOutput);
        var request = new BuildRequest
        {
            Context = parsed.GetValue(Context)!,
            DockerfilePath = parsed.GetValue(File),
            BuildArgs = (parsed.GetValue(BuildArg) ?? []).Select(text => text.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal),
            Platforms = [.. (parsed.GetValue(PlatformOption) ?? []).SelectMany(text => text.Split(',')).Select(Platform.Parse).Distinct()],
            Pull = Engine.Pulling.PullPolicy.Newer,
        };
        return builder.LookOutsideAsync(request, cancellationToken);
    }

    private static void Write(IReadOnlyList<(string What, string? Locked, string? Now)> differences, bool isJson)
    {
        if (isJson)
        {
            Terminal.WriteLine(JsonOf(differences));
            return;
        }

        foreach (var (what, locked, now) in differences)
        {
            Terminal.WriteLine(Terminal.Harmless($"{what}: {locked ?? "(not locked)"} → {now ?? "(no longer used)"}"));
        }
    }

    private static string JsonOf(IReadOnlyList<(string What, string? Locked, string? Now)> differences) => JsonText.Write(json =>
    {
        json.WriteStartArray("differences");
        foreach (var (what, locked, now) in differences)
        {
            json.WriteStartObject();
            json.WriteString("what", what);
            json.WriteString("locked", locked);
            json.WriteString("now", now);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
