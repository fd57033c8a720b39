using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Builder.MSBuild.Items;

namespace Builder.MSBuild.Incremental;

/// <summary>
/// A digest of all that an image is made of, as far as MSBuild can see it: arguments, and name, size and time of every file. Sees a
/// file that has gone, which a list of <c>Inputs</c> does not; does not see a base image that has changed in its registry.
/// </summary>
/// <param name="leftOut">Absolute paths of folders inside a context that builds write to: <c>bin</c>, <c>obj</c>.</param>
internal sealed class InputFingerprint(IReadOnlyCollection<string> leftOut)
{
    private static readonly string[] ToolFolders = [".git", ".vs"];

    // MSBuild writes its binary log (-bl) beside the project while we look.
    private const string BinaryLog = ".binlog";

    /// <param name="environment">What else the result depends on.</param>
    public string Of(ImagePlan plan, IEnumerable<string> environment)
    {
        var text = new StringBuilder();
        foreach (var line in environment.Concat(plan.Arguments).Concat(plan.Identities))
        {
            text.Append(line).Append('\n');
        }

        foreach (var file in new[] { plan.Dockerfile, plan.Dockerfile + ".dockerignore" }.Where(File.Exists))
        {
            Append(text, new FileInfo(file), file);
        }

        foreach (var input in plan.OtherInputs.Concat([plan.Context]).Distinct(StringComparer.Ordinal))
        {
            text.Append(input).Append('\n');
            if (Directory.Exists(input))
            {
                AppendFolder(text, new DirectoryInfo(input), "");
            }
            else if (File.Exists(input))
            {
                Append(text, new FileInfo(input), input);
            }
        }

        using var hash = SHA256.Create();
        return BitConverter.ToString(hash.ComputeHash(Encoding.UTF8.GetBytes(text.ToString()))).Replace("-", "").ToLowerInvariant() + "\n";
    }

    private void AppendFolder(StringBuilder text, DirectoryInfo folder, string prefix)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            // A link to a folder may lead in circles: its own time has to do.
            var isLink = (entry.Attributes & FileAttributes.ReparsePoint) != 0;
            if (entry is DirectoryInfo below && !isLink)
            {
                if (!leftOut.Contains(below.FullName) && !ToolFolders.Contains(below.Name))
                {
                    text.Append(prefix).Append(below.Name).Append("/\n");
                    AppendFolder(text, below, prefix + below.Name + "/");
                }
            }
            else if (!entry.Name.EndsWith(BinaryLog, StringComparison.Ordinal))
            {
                Append(text, entry, prefix + entry.Name);
            }
        }
    }

    private static void Append(StringBuilder text, FileSystemInfo file, string name) =>
        text.Append(name).Append('\t')
            .Append((file is FileInfo { Exists: true } there ? there.Length : 0).ToString(CultureInfo.InvariantCulture)).Append('\t')
            .Append(file.LastWriteTimeUtc.Ticks.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
