namespace Builder.MSBuild;

/// <summary>
/// What only the package can find wrong; all else comes from the program, under its own codes. The numbers stand in
/// <c>spec/errors.md</c>; those of build checks are in <see cref="Progress.CheckCodes"/>.
/// </summary>
internal static class MSBuildErrors
{
    /// <summary>There is no Dockerfile, and none was to be made.</summary>
    public const string NoDockerfile = "BLD6001";

    /// <summary>Images are not built on this kind of machine.</summary>
    public const string UnsupportedHost = "BLD6002";

    /// <summary>The builder program cannot be started.</summary>
    public const string NoProgram = "BLD6003";

    /// <summary>A metadata of an item has a value that it cannot have.</summary>
    public const string InvalidItem = "BLD6004";

    /// <summary>A warning: a metadata that means nothing, and is nearly one that does.</summary>
    public const string UnknownMetadata = "BLD6005";

    /// <summary>Two images would get the same name.</summary>
    public const string SameName = "BLD6006";

    /// <summary>The builder program ended without saying why.</summary>
    public const string ProgramFailed = "BLD6007";

    /// <summary>A warning: <c>dotnet clean</c> could not remove something.</summary>
    public const string NotRemoved = "BLD6008";

    /// <summary>A file below <c>obj</c> cannot be read or written.</summary>
    public const string FileAccess = "BLD6009";
}
