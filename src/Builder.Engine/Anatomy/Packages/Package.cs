namespace Builder.Engine.Anatomy.Packages;

/// <summary>A package that an image's own database calls installed.</summary>
/// <param name="Kind">deb, apk or rpm.</param>
/// <param name="License">As the database has it; dpkg's has none.</param>
public sealed record Package(string Kind, string Name, string Version, string Architecture, string? License);
