using System.Text;

namespace Builder.MSBuild.Items;

/// <summary>From items and a project's defaults to plans: what is wrong is found here, before anything runs.</summary>
internal sealed class ImagePlanner(ProjectDefaults project)
{
    private readonly HashSet<string> keys = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);

    /// <exception cref="ItemException">The item cannot be built.</exception>
    public ImagePlan Plan(ItemReader item)
    {
        var dockerfile = Absolute(item.Include);
        if (!File.Exists(dockerfile))
        {
            throw new ItemException(MSBuildErrors.NoDockerfile, $"the Dockerfile {item.Include} is not there");
        }

        var context = item.Text(ImageMetadata.Context) is { Length: > 0 } path ? ContextOf(item, path) : project.Context;
        var tags = item.List(ImageMetadata.Tag) is { Count: > 0 } own ? own : project.Names;
        var outputs = OutputsOf(item);
        var contexts = ContextsOf(item);
        var plan = new ImagePlan
        {
            Key = KeyOf(item),
            Dockerfile = dockerfile,
            Context = context,
            Tags = tags,
            TargetStage = item.Text(ImageMetadata.TargetStage),
            Platforms = PlatformsOf(item),
            Push = item.Flag(ImageMetadata.Push, project.Push),
            ContextName = item.Text(ImageMetadata.ContextName, ImageNames.Short(tags[0])),
            Folder = project.Folder,
            OtherInputs = [.. contexts.Values.Where(Directory.Exists), .. SecretFilesOf(item)],
            Identities = project.Identities,
            OutputFiles = [.. outputs.Where(output => output.IsFile).Select(output => output.Destination)],
            ArchivePath = outputs.FirstOrDefault(output => output.IsImageArchive)?.Destination ?? "",
        };
        ClaimNames(item, tags);
        return plan with { Arguments = ArgumentsOf(item, plan, outputs, contexts) };
    }

    private List<string> ArgumentsOf(ItemReader item, ImagePlan plan, IReadOnlyList<ImageOutput> outputs, IReadOnlyDictionary<string, string> contexts)
    {
        var arguments = new List<string> { "--file", plan.Dockerfile };
        void Each(string option, IEnumerable<string> values) => arguments.AddRange(values.SelectMany(value => new[] { option, value }));
        void Some(string option, string name) => Each(option, item.Text(name) is { Length: > 0 } value ? [value] : []);

        Each("--tag", plan.Tags);
        Some("--target", ImageMetadata.TargetStage);
        Each("--build-arg", item.List(ImageMetadata.BuildArgs));
        Each("--platform", plan.Platforms.Count == 0 ? [] : [string.Join(",", plan.Platforms)]);
        Each("--build-context", contexts.Select(pair => $"{pair.Key}={pair.Value}"));
        Each("--label", project.Labels.Concat(item.List(ImageMetadata.Labels)));
        Each("--secret", item.List(ImageMetadata.Secrets));
        Each("--cache-from", item.List(ImageMetadata.CacheFrom));
        Each("--cache-to", item.List(ImageMetadata.CacheTo));
        Some("--network", ImageMetadata.Network);
        arguments.AddRange(item.Flag(ImageMetadata.NoCache, false) ? ["--no-cache"] : []);
        arguments.AddRange(item.Text(ImageMetadata.Pull) is { Length: > 0 } pull ? [$"--pull={pull}"] : []);

        // The store has every image, so that other projects and 'builder run' find it; outputs are what there is besides.
        Each("--output", [plan.Push ? "type=image,push=true" : "type=image", .. outputs.Select(output => output.Text)]);
        arguments.AddRange(item.List(ImageMetadata.Options));
        arguments.Add(plan.Context);
        return arguments;
    }

    private string ContextOf(ItemReader item, string path)
    {
        var context = Absolute(path);
        return Directory.Exists(context) ? context
            : throw new ItemException(MSBuildErrors.InvalidItem, $"Context=\"{path}\" of {item.Describe()} is no folder: {context}");
    }

    private IReadOnlyList<string> PlatformsOf(ItemReader item)
    {
        var own = item.List(ImageMetadata.Platforms).SelectMany(text => text.Split(',')).Select(text => text.Trim()).Where(text => text.Length > 0).ToList();
        return own.Count > 0 ? own : project.Platforms;
    }

    private List<ImageOutput> OutputsOf(ItemReader item)
    {
        var outputs = item.List(ImageMetadata.Outputs).Select(text => ImageOutput.Parse(text, Absolute)).ToList();
        if (outputs.Count == 0 && project.ArchivePath.Length > 0)
        {
            outputs.Add(ImageOutput.Parse($"type={project.ArchiveKind},dest={project.ArchivePath}", Absolute));
        }

        return outputs;
    }

    /// <summary>The item's own stand before the project's.</summary>
    private Dictionary<string, string> ContextsOf(ItemReader item)
    {
        var contexts = project.Contexts.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        foreach (var text in item.List(ImageMetadata.Contexts))
        {
            var equals = text.IndexOf('=');
            if (equals <= 0)
            {
                throw new ItemException(MSBuildErrors.InvalidItem, $"'{text}' in Contexts of {item.Describe()} is not NAME=VALUE");
            }

            var value = text.Substring(equals + 1);
            contexts[text.Substring(0, equals)] = Directory.Exists(Absolute(value)) ? Absolute(value) : value;
        }

        return contexts;
    }

    private IEnumerable<string> SecretFilesOf(ItemReader item) =>
        from secret in item.List(ImageMetadata.Secrets)
        from field in secret.Split(',')
        where field.StartsWith("src=", StringComparison.Ordinal) || field.StartsWith("source=", StringComparison.Ordinal)
        select Absolute(field.Substring(field.IndexOf('=') + 1));

    private void ClaimNames(ItemReader item, IEnumerable<string> tags)
    {
        foreach (var tag in tags)
        {
            if (names.TryGetValue(tag, out var other))
            {
                throw new ItemException(MSBuildErrors.SameName, $"{item.Describe()} and {other} would both be called {tag}; give one of them another Tag");
            }

            names.Add(tag, item.Describe());
        }
    }

    /// <summary><c>Dockerfile</c>, <c>api.Dockerfile.debug</c>; of a second one with the same file and stage <c>Dockerfile-2</c>.</summary>
    private string KeyOf(ItemReader item)
    {
        var name = new StringBuilder();
        foreach (var letter in Path.GetFileName(item.Include) + (item.Text(ImageMetadata.TargetStage) is { Length: > 0 } target ? "." + target : ""))
        {
            name.Append(char.IsLetterOrDigit(letter) || letter is '.' or '-' or '_' ? letter : '-');
        }

        var key = name.ToString();
        for (var number = 2; !keys.Add(key); number++)
        {
            key = $"{name}-{number}";
        }

        return key;
    }

    private string Absolute(string path) => Path.GetFullPath(Path.Combine(project.Directory, path));
}
