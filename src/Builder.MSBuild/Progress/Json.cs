using System.Runtime.Serialization.Json;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Builder.MSBuild.Progress;

/// <summary>JSON with what every MSBuild has loaded anyway: a library of our own could clash with another task's.</summary>
internal static class Json
{
    /// <summary>The document with an element a member, and <c>item</c> for those of a list; null for what is no JSON object.</summary>
    public static XElement? TryParse(string text)
    {
        if (!text.StartsWith("{", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            using var reader = JsonReaderWriterFactory.CreateJsonReader(Encoding.UTF8.GetBytes(text), XmlDictionaryReaderQuotas.Max);
            return XElement.Load(reader);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>The entries of a list.</summary>
    public static IEnumerable<XElement> Items(this XElement element, string name) => element.Element(name)?.Elements() ?? [];

    /// <summary>The text or number of a member; empty when there is none.</summary>
    public static string Text(this XElement element, string name) => element.Element(name)?.Value ?? "";

    /// <summary>A member that is text in base 64, as BuildKit writes what may be no UTF-8.</summary>
    public static string Decoded(this XElement element) => Encoding.UTF8.GetString(Convert.FromBase64String(element.Value));
}
