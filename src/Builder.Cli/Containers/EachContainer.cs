using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Storage.Containers;

namespace Builder.Cli.Containers;

/// <summary>Verbs that do one thing to several containers: what fails for one is said, and the others have their turn.</summary>
internal static class EachContainer
{
    public static Argument<string[]> Names => new("container") { Description = "Names or ids of containers", Arity = ArgumentArity.OneOrMore };

    /// <param name="act">Does it to one; the result is printed, null is nothing.</param>
    public static Task<int> RunAsync(IReadOnlyList<string> names, Func<Session, StoredContainer, CancellationToken, Task<string?>> act) =>
        ContainerSession.RunAsync(names, (session, token) => RunAsync(session, names, act, token));

    /// <summary>As the user wrote it, which scripts compare.</summary>
    public static string AsWritten(IEnumerable<string> names, StoredContainer container) =>
        names.First(name => container.Name == name.TrimStart('/') || container.Id.StartsWith(name, StringComparison.Ordinal));

    public static async Task<int> RunAsync(
        Session session, IEnumerable<string> names, Func<Session, StoredContainer, CancellationToken, Task<string?>> act, CancellationToken cancellationToken)
    {
        var exitCode = 0;
        foreach (var name in names)
        {
            try
            {
                if (await act(session, session.Store.Containers.Get(name), cancellationToken) is { } result)
                {
                    Terminal.WriteLine(result);
                }
            }
            catch (BuilderException e)
            {
                ErrorDisplay.Write(e);
                exitCode = exitCode == 0 ? e.Code.ExitCode : exitCode;
            }
        }

        return exitCode;
    }
}
