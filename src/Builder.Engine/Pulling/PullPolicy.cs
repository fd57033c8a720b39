namespace Builder.Engine.Pulling;

/// <summary>When a registry is asked what a name means that the store may know too.</summary>
public enum PullPolicy
{
    /// <summary>When the store does not know it.</summary>
    Missing,

    /// <summary>Each time; a registry that cannot be asked is an error.</summary>
    Always,

    /// <summary>Never; what the store does not know is an error.</summary>
    Never,

    /// <summary>Each time, but what the store has will do when the registry cannot be asked.</summary>
    Newer,
}
