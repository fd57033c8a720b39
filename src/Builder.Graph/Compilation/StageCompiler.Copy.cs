using Builder.Diagnostics;
using Builder.Dockerfile.Ignore;
using Builder.Dockerfile.Syntax;
using Builder.Graph.Operations;

namespace Builder.Graph.Compilation;

/// <content>COPY and ADD.</content>
internal sealed partial class StageCompiler
{
    private void Copy(CopyInstruction copy)
    {
        var from = copy.From is { } word ? scope.SourceOf(plan.References[new StageReference(word.Text, false)]) : null;
        Transfer(copy, copy.Parents, (path, span, inputs) =>
        {
            if (HttpSource.IsUrl(path) && !GitSource.IsRepository(path))
            {
                throw new BuilderException(GraphErrors.InvalidSource, "source can't be a URL for COPY", "ADD downloads", span);
            }

            if (GitSource.IsRepository(path))
            {
                throw new BuilderException(GraphErrors.InvalidSource, "source can't be a git ref for COPY", "ADD clones", span);
            }

            return Local(path, inputs.Add(from ?? scope.MainContext), copy.Parents, unpack: false);
        });
    }

    private void Add(AddInstruction add)
    {
        var checksum = add.Checksum is { } word ? Expand(word) : null;
        if (checksum is not null && add.Sources.Length + add.Heredocs.Length != 1)
        {
            throw new BuilderException(GraphErrors.InvalidChecksum, "checksum can't be specified for multiple sources", span: add.Checksum!.Span);
        }

        Transfer(add, parents: false, (path, span, inputs) =>
        {
            if (GitSource.IsRepository(path))
            {
                var git = GitSource.Parse(path, add.KeepGitDirectory, checksum, span);
                return new CopySource(inputs.Add(scope.SourceVertex(git)), "/");
            }

            if (HttpSource.IsUrl(path))
            {
                var http = HttpSource.Create(path, checksum);
                return new CopySource(inputs.Add(scope.SourceVertex(http)), "/" + http.FileName, Unpack: add.Unpack ?? false);
            }

            return checksum is null
                ? Local(path, inputs.Add(scope.MainContext), parents: false, unpack: add.Unpack ?? true)
                : throw new BuilderException(GraphErrors.InvalidChecksum, "checksum requires HTTP(S) or Git sources", span: add.Checksum!.Span);
        });
    }

    private static CopySource Local(string path, int input, bool parents, bool unpack)
    {
        var clean = parents ? GuestPath.CleanWithPivot(path) : GuestPath.Clean(path);
        return new CopySource(input, clean, IsPattern: Glob.HasWildcards(clean), Unpack: unpack);
    }

    /// <summary>
    /// What both have in common. With <c>--link</c> the copy is made on nothing and stacked on the stage, so that it
    /// does not depend on what lies below.
    /// </summary>
    private void Transfer(TransferInstruction transfer, bool parents, Func<string, SourceSpan, InputList, CopySource> source)
    {
        var root = scope.Graph.OrScratch(state.Root);
        var inputs = new InputList(transfer.Link ? scope.Graph.OrScratch(null) : root);
        var paths = transfer.Sources.Select(word => (Text: Expand(word), word.Span)).ToList();
        var destination = Expand(transfer.Destination);
        var chown = transfer.Chown is { } owner ? Expand(owner) : null;
        var chmod = transfer.Chmod is { } mode ? Expand(mode) : null;
        Check(transfer, chown, chmod, onNothing: transfer.Link || state.Root is null);

        var operation = new CopyOperation(GuestPath.Join(state.WorkingDirectory, destination), GuestPath.IsDirectoryText(destination))
        {
            Sources = [.. paths.Select(path => source(path.Text, path.Span, inputs))],
            Files = [.. transfer.Heredocs.Select(heredoc => new InlineFile(FileName(heredoc), scope.Expander.Expand(heredoc, state.Variables)))],
            Chown = chown is { Length: > 0 } ? chown : null,
            Chmod = chmod is { Length: > 0 } ? chmod : null,
            Parents = parents,
            Excludes = [.. transfer.Excludes.Select(pattern => pattern.Text)],
            SourceDateEpoch = scope.SourceDateEpoch,
        };

        var copied = Step(operation, inputs.Vertices, transfer);
        var layer = transfer.Link && state.Root is not null
            ? scope.Graph.Add(new MergeOperation(), [root, copied], null, copied.DisplayName + " (link)", transfer.Span, ignoreCache)
            : copied;
        Record(History(transfer, parents, operation, paths.Select(path => path.Text), destination), layer);
    }

    private static void Check(TransferInstruction transfer, string? chown, string? chmod, bool onNothing)
    {
        try
        {
            if (chmod is { Length: > 0 })
            {
                ModeChange.Parse(chmod);
            }

            if (chown is { Length: > 0 } && OwnerSpec.Parse(chown).HasNames && onNothing)
            {
                throw new BuilderException(
                    GraphErrors.InvalidOwner, $"invalid user index: -1: there is no passwd file to find '{chown}' in",
                    "use numeric ids on scratch and with --link");
            }
        }
        catch (BuilderException e) when (e.Span is null)
        {
            throw e.At((e.Code == GraphErrors.InvalidMode ? transfer.Chmod : transfer.Chown)!.Span);
        }
    }

    /// <summary>A delimiter becomes a file's name, so it must be able to.</summary>
    private static string FileName(Heredoc heredoc) =>
        heredoc.Delimiter is not ("." or "..") && !heredoc.Delimiter.Contains('/', StringComparison.Ordinal)
            ? heredoc.Delimiter
            : throw new BuilderException(GraphErrors.InvalidSource, $"'{heredoc.Delimiter}' cannot be the name of a file", span: heredoc.Span);

    private static string History(
        TransferInstruction transfer, bool parents, CopyOperation operation, IEnumerable<string> paths, string destination)
    {
        var words = new List<string> { transfer.Name };
        words.AddRange(parents ? ["--parents"] : []);
        words.AddRange(operation.Chown is { } chown ? ["--chown=" + chown] : []);
        words.AddRange(operation.Chmod is { } chmod ? ["--chmod=" + chmod] : []);
        words.AddRange(paths);
        words.AddRange(operation.Files.Select(file => "<<" + file.Name));
        words.Add(destination);
        return string.Join(' ', words) + " # buildkit";
    }
}
