namespace Builder.Containers;

/// <summary>The names under which the kernel's security modules confine a container; null asks for nothing.</summary>
/// <param name="AppArmor">A profile that is loaded, or <c>unconfined</c>.</param>
/// <param name="Selinux">A whole label, <c>user:role:type:level</c>.</param>
public sealed record SecurityLabels(string? AppArmor = null, string? Selinux = null)
{
    public static SecurityLabels None { get; } = new();
}
