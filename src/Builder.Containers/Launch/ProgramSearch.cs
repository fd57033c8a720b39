using Builder.Diagnostics;
using Builder.Linux;

namespace Builder.Containers.Launch;

/// <summary>Where the program of a step is looked for, and what to say when none of the places has it.</summary>
internal sealed class ProgramSearch(string program, string path)
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static ProgramSearch For(ContainerSpec spec) =>
        new(spec.Argv[0], spec.Env.LastOrDefault(variable => variable.StartsWith("PATH=", StringComparison.Ordinal))?[5..] ?? DefaultPath);

    /// <summary>As execvp(3): a name with a slash is a path; an empty part of PATH is the working directory.</summary>
    public IEnumerable<string> Candidates =>
        IsPath ? [program] : path.Split(':').Select(directory => directory.Length == 0 ? "./" + program : $"{directory.TrimEnd('/')}/{program}");

    private bool IsPath => program.Contains('/', StringComparison.Ordinal);

    /// <param name="answers">The kernel's, to each candidate.</param>
    public BuilderException Explain(IEnumerable<Errno> answers)
    {
        var errors = answers.ToList();

        // A program that is there but does not start says more than all the places where none is.
        var telling = errors.Find(errno => errno is not (Errno.ENOENT or Errno.ENOTDIR or Errno.EACCES));
        if (telling == 0)
        {
            telling = errors.Contains(Errno.EACCES) ? Errno.EACCES : Errno.ENOENT;
        }

        return telling switch
        {
            Errno.ENOENT => new BuilderException(ContainersErrors.ProgramNotFound, NotFound, NotFoundHint),
            Errno.EACCES => new BuilderException(ContainersErrors.ProgramNotExecutable, $"{program}: permission denied", "is it a file with the executable bit, and may the user enter its directory?"),
            Errno.ENOEXEC => new BuilderException(ContainersErrors.ProgramNotExecutable, $"{program}: exec format error", "it is made for another architecture, or a script without a #! line"),
            Errno.ELOOP => new BuilderException(ContainersErrors.ProgramNotExecutable, $"{program}: its symbolic links lead in a circle or to an open file", null),
            _ => new BuilderException(ContainersErrors.ProgramNotExecutable, $"{program}: {telling.Describe()}"),
        };
    }

    private string NotFound => IsPath ? $"{program}: no such file or directory in the image" : $"{program}: not found in PATH ({path})";

    private string? NotFoundHint => IsPath ? "if the file is there, the interpreter that it names is not" : null;
}
