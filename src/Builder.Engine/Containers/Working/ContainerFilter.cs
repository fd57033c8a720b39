using System.Globalization;
using Builder.Diagnostics;
using Builder.Engine.Images;
using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>Docker's <c>--filter</c> for containers: values of one kind are alternatives (labels are not), kinds add up.</summary>
public sealed class ContainerFilter
{
    private static readonly string[] Keys = ["status", "name", "id", "label", "ancestor", "exited"];
    private readonly List<Func<StoredContainer, bool>> conditions = [];

    /// <summary>It says itself which states are wanted.</summary>
    public bool AsksForState { get; private set; }

    /// <exception cref="BuilderException"><see cref="EngineErrors.BadFilter"/> or <see cref="EngineErrors.NoSuchImage"/>.</exception>
    public static ContainerFilter Parse(IEnumerable<string> texts, ImageCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(catalog);
        var filter = new ContainerFilter();
        foreach (var kind in texts.Select(ImageFilter.Split).GroupBy(pair => pair.Key, pair => pair.Value))
        {
            string[] values = [.. kind];
            filter.conditions.Add(ConditionOf(kind.Key, values, catalog));
            filter.AsksForState |= kind.Key is "status" or "exited";
        }

        return filter;
    }

    public bool Fits(StoredContainer container) => conditions.TrueForAll(condition => condition(container));

    private static Func<StoredContainer, bool> ConditionOf(string key, string[] values, ImageCatalog catalog)
    {
        switch (key)
        {
            case "status":
                if (values.FirstOrDefault(value => !ContainerStates.Names.Contains(value)) is { } unknown)
                {
                    throw new BuilderException(EngineErrors.BadFilter, $"'{unknown}' is no state of a container", $"it is one of {string.Join(", ", ContainerStates.Names)}");
                }

                return container => values.Contains(ContainerStates.NameOf(container));
            case "name":
                return container => values.Any(value => container.Name.Contains(value.TrimStart('^', '/').TrimEnd('$'), StringComparison.Ordinal));
            case "id":
                return container => values.Any(value => container.Id.StartsWith(value, StringComparison.Ordinal));
            case "exited":
                return container => container.State.Status == ContainerStatus.Exited && values.Contains(container.State.ExitCode.ToString(CultureInfo.InvariantCulture));
            case "label":
                return container => values.All(value => HasLabel(container, value));
            case "ancestor":
                var images = values.Select(value => catalog.Get(value).Id).ToArray();
                return container => images.Contains(container.Record.ImageId);
            default:
                throw ImageFilter.Unknown(key, Keys);
        }
    }

    /// <summary><c>name</c>, or <c>name=value</c>.</summary>
    public static bool HasLabel(StoredContainer container, string text)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(text);
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var (name, wanted) = equals < 0 ? (text, null) : (text[..equals], text[(equals + 1)..]);
        return container.Record.Execution.Labels is { } labels && labels.TryGetValue(name, out var value) && (wanted is null || value == wanted);
    }
}
