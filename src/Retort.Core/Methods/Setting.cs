using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>One setting of a method, as its record declares it.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Type">The property's type.</param>
/// <param name="Default">The value of a new record.</param>
/// <param name="Minimum">The lower end of the range worth searching; null where none is declared.</param>
/// <param name="Maximum">The upper end of the range worth searching; null where none is declared.</param>
/// <param name="LogScale">Whether the range is searched on a logarithmic scale.</param>
/// <param name="Choices">The values worth searching, where they are a list.</param>
public sealed record Setting(string Name, Type Type, object? Default, object? Minimum, object? Maximum, bool LogScale, IReadOnlyList<object> Choices)
{
    /// <summary>The settings of a record that has a constructor without arguments, in the order of their declaration.</summary>
    internal static IReadOnlyList<Setting> Of(Type type)
    {
        var fresh = Activator.CreateInstance(type)!;
        return [.. Properties(type).Select(p => Describe(p, fresh))];
    }

    /// <summary>What a user can set: public properties with an init accessor, those of the base record first.</summary>
    internal static IEnumerable<PropertyInfo> Properties(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.SetMethod is { IsPublic: true } && p.GetIndexParameters().Length == 0)
        .OrderBy(p => Depth(p.DeclaringType!)).ThenBy(p => p.MetadataToken);

    /// <summary>Whether a setting is not written, since it has the value that its property names as what goes without saying: so texts of recipes stay what they were before there was that setting.</summary>
    internal static bool IsLeftOut(PropertyInfo property, object? value) => property.GetCustomAttribute<DefaultValueAttribute>() is { } silent && Equals(silent.Value, value);

    /// <summary>A record as C# would write it, the same in every culture.</summary>
    internal static string Print(object record)
    {
        var settings = Properties(record.GetType()).Where(p => !IsLeftOut(p, p.GetValue(record))).Select(p => $"{p.Name} = {PrintValue(p.GetValue(record))}").ToArray();
        return settings.Length == 0 ? $"{record.GetType().Name} {{ }}" : $"{record.GetType().Name} {{ {string.Join(", ", settings)} }}";
    }

    internal static string PrintValue(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(PrintValue))}]",
        _ => value.ToString()!,
    };

    private static Setting Describe(PropertyInfo property, object fresh)
    {
        var range = property.GetCustomAttribute<RangeAttribute>();
        var choices = property.GetCustomAttribute<ChoiceAttribute>()?.Candidates
            ?? (property.PropertyType.IsEnum ? [.. Enum.GetValues(property.PropertyType).Cast<object>()] : []);
        return new(property.Name, property.PropertyType, property.GetValue(fresh), range?.Min, range?.Max, range?.LogBase ?? false, choices);
    }

    private static int Depth(Type type) => type.BaseType is { } parent ? Depth(parent) + 1 : 0;
}
