using Builder.Engine.Options;

namespace Builder.Engine.Devices;

/// <summary>One <c>RUN --device</c>: <c>NAME[,required[=BOOL]]</c> or <c>name=NAME,…</c>. A device that is not required may be missing.</summary>
internal sealed record DeviceRequest(string Name, bool IsRequired)
{
    /// <exception cref="Diagnostics.BuilderException"><see cref="EngineErrors.DeviceMissing"/>: it has no name, or an unknown option.</exception>
    public static DeviceRequest Parse(string text)
    {
        string? name = null;
        var isRequired = false;
        foreach (var (key, value) in OptionFields.Parse(text))
        {
            switch (key)
            {
                case "name":
                    name = value;
                    break;
                case "required" or "" when (key.Length > 0 || value == "required") && value.ToLowerInvariant() is "1" or "t" or "true" or "required":
                    isRequired = true;
                    break;
                case "required" when value.ToLowerInvariant() is "0" or "f" or "false":
                    isRequired = false;
                    break;
                default:
                    // The name of a CDI device has a '=' in it: vendor.com/class=device.
                    name = name is null ? (key.Length > 0 ? $"{key}={value}" : value) : throw Invalid(text, $"has the unexpected field '{value}'");
                    break;
            }
        }

        return string.IsNullOrEmpty(name) ? throw Invalid(text, "names no device") : new DeviceRequest(name, isRequired);
    }

    private static Diagnostics.BuilderException Invalid(string text, string what) =>
        new(EngineErrors.DeviceMissing, $"--device={text} {what}", "write it as --device=vendor.com/class=NAME[,required]");
}
