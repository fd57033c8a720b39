namespace Builder.Engine;

/// <summary><c>--squash</c>: which layers become one.</summary>
public enum SquashMode
{
    None,

    /// <summary>Those of this build, on top of the base's, as <c>docker build --squash</c> has it.</summary>
    New,

    /// <summary>All, the base's included.</summary>
    All,
}
