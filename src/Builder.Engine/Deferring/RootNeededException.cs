namespace Builder.Engine.Deferring;

/// <summary>
/// An ordinary user's build turned out to do more than reading a context and writing layers: it has to be begun again inside a
/// user namespace. Nothing was shown to anybody yet, and what was made so far is found again.
/// </summary>
public sealed class RootNeededException() : InvalidOperationException("the build has to be root, of a user namespace at least");
