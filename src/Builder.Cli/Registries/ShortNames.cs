using Builder.Cli.Displays;
using Builder.Oci;
using Builder.Registry;
using Builder.Registry.Authentication.Stores;
using Builder.Registry.Configuration;

namespace Builder.Cli.Registries;

/// <summary>Names as users write them: with the aliases and the search registries of <c>registries.conf</c>.</summary>
internal static class ShortNames
{
    /// <summary>The one thing that a name means, without asking anybody: its first candidate.</summary>
    public static ImageReference Resolve(string name) => Candidates(name)[0];

    /// <summary>Everything that a name may mean, in the order in which to try.</summary>
    public static IReadOnlyList<ImageReference> Candidates(string name) => new MachineSettings(new CredentialEnvironment()).Candidates(name);

    /// <summary>The first candidate that its registry has; the last one's failure when none has.</summary>
    public static async Task<T> FirstAsync<T>(IReadOnlyList<ImageReference> candidates, Func<ImageReference, Task<T>> ask)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return await ask(candidates[i]);
            }
            catch (RegistryException e) when (i < candidates.Count - 1)
            {
                Terminal.WriteErrorLine($"{candidates[i]}: {Terminal.Harmless(e.Message)}; trying {candidates[i + 1]}");
            }
        }
    }
}
