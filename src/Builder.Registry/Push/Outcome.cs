using Builder.Oci;

namespace Builder.Registry.Push;

/// <summary>How one attempt to send a blob ended: it is there, or the upload has to begin again.</summary>
/// <param name="HasLearned">The next attempt will be another one: in another way, or in smaller pieces.</param>
internal sealed record Outcome(Descriptor? Sent, RegistryException? Why, bool HasLearned)
{
    public static Outcome Done(Descriptor sent) => new(sent, null, false);

    public static Outcome Again(RegistryException why, bool hasLearned = false) => new(null, why, hasLearned);
}
