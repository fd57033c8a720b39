using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Storage;
using Builder.Storage.Checking;

namespace Builder.Cli.Commands;

/// <summary><c>builder check-store</c>: proves everything that the store claims.</summary>
internal static class CheckStoreCommand
{
    private static readonly Option<bool> Repair = new("--repair") { Description = "Put in order what can be made or fetched again, and remove what nothing refers to" };
    private static readonly Option<string> Format = new("--format") { Description = "text or json", DefaultValueFactory = _ => "text", HelpName = "format" };

    public static Command Create()
    {
        var command = new Command("check-store", "Prove every digest, record, snapshot and image of the store") { Repair, Format };
        command.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => Task.FromResult(Check(session, parsed, token))));
        return command;
    }

    private static int Check(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var isJson = parsed.GetValue(Format) switch
        {
            "json" => true,
            "text" => false,
            var other => throw new BuilderException(CliErrors.Usage, $"unknown format '{other}'", "it is text or json"),
        };
        var report = StoreChecker.Check(
            session.Store,
            parsed.GetValue(Repair),
            isJson ? null : step => Terminal.WriteErrorLine($"checking {step}"),
            cancellationToken);
        if (isJson)
        {
            Terminal.WriteLine(JsonOf(report));
        }
        else
        {
            Write(report);
        }

        return report.IsClean ? 0 : StorageErrors.Damaged.ExitCode;
    }

    private static void Write(StoreCheckReport report)
    {
        foreach (var finding in report.Findings)
        {
            var kind = finding.Kind == FindingKind.Orphan ? "orphan" : finding.IsRepaired ? "repaired" : "damaged";
            Terminal.WriteLine(Terminal.Harmless($"{kind}: {finding.Subject}: {finding.Message}{(finding.Repair is null ? "" : $" ({finding.Repair})")}"));
        }

        var damages = report.Findings.Count(finding => finding.Kind == FindingKind.Damage && !finding.IsRepaired);
        var orphans = report.Findings.Count(finding => finding.Kind == FindingKind.Orphan && !finding.IsRepaired);
        Terminal.WriteLine(
            $"{report.Images} images, {report.Blobs} blobs ({Sizes.Format(report.BlobBytes)}), {report.Snapshots} snapshots, {report.Promises} promised layers, {report.Steps} steps: "
            + (damages == 0 ? "clean" : $"{damages} damaged ({StorageErrors.Damaged})") + (orphans == 0 ? "" : $", {orphans} orphans"));
    }

    private static string JsonOf(StoreCheckReport report)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteBoolean("clean", report.IsClean);
            json.WriteNumber("images", report.Images);
            json.WriteNumber("blobs", report.Blobs);
            json.WriteNumber("blobBytes", report.BlobBytes);
            json.WriteNumber("snapshots", report.Snapshots);
            json.WriteNumber("promisedLayers", report.Promises);
            json.WriteNumber("steps", report.Steps);
            json.WriteStartArray("findings");
            foreach (var finding in report.Findings)
            {
                json.WriteStartObject();
                json.WriteString("kind", finding.Kind == FindingKind.Orphan ? "orphan" : "damage");
                json.WriteString("subject", finding.Subject);
                json.WriteString("message", finding.Message);
                json.WriteString("repair", finding.Repair);
                json.WriteBoolean("repaired", finding.IsRepaired);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
