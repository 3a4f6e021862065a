using System.Reflection;

namespace Retort;

/// <summary>The catalogue of all methods, read from the cards on their records.</summary>
public static class Methods
{
    /// <summary>Every method, by kind and then by id.</summary>
    public static IReadOnlyList<Method> All { get; } = [.. typeof(Methods).Assembly.GetTypes()
        .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(Part)))
        .Select(type => new Method(type, type.GetCustomAttribute<MethodAttribute>() ?? throw new InvalidOperationException($"{type.Name} must carry a [Method] card, but has none.")))
        .OrderBy(method => method.Kind, StringComparer.Ordinal).ThenBy(method => method.Id, StringComparer.Ordinal)];

    /// <summary>The method that a part is an instance of.</summary>
    /// <param name="part">A part of a recipe.</param>
    /// <exception cref="ArgumentException">The part comes from another assembly, whose methods are not in the catalogue.</exception>
    public static Method Of(Part part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return All.FirstOrDefault(method => method.Type == part.GetType())
            ?? throw new ArgumentException($"{part.GetType().Name} must be a method of the catalogue, but is not one.");
    }

    /// <summary>The methods of one kind, such as all losses.</summary>
    internal static IEnumerable<Method> OfKind(Type kind) => All.Where(method => method.KindType == kind);
}
