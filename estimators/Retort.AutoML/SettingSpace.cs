using System.Globalization;
using System.Reflection;
using Microsoft.ML.SearchSpace;
using Microsoft.ML.SearchSpace.Option;

namespace Retort;

/// <summary>The settings of one record as dimensions of a search, and back.</summary>
/// <remarks>Values that are one of a list stand as texts, whatever their type: AutoML's own choices know neither records nor Boolean values.</remarks>
internal static class SettingSpace
{
    /// <summary>The settings that declare what is worth searching, but for those that are held.</summary>
    /// <param name="record">A record; where its values lie within what is searched, a search begins with them.</param>
    /// <param name="isHeld">Whether a setting keeps its value.</param>
    /// <param name="range">The range of a setting where it is not the declared one.</param>
    public static IEnumerable<(string Name, OptionBase Option)> Of(object record, Func<string, bool> isHeld, Func<string, SettingRange?>? range = null) =>
        from setting in Setting.Of(record.GetType())
        where !isHeld(setting.Name)
        let option = Option(setting, Property(record, setting).GetValue(record), range?.Invoke(setting.Name))
        where option is not null
        select (setting.Name, option);

    /// <summary>The same record with the settings that a parameter names.</summary>
    /// <exception cref="ArgumentException">A value is not one that the setting can have.</exception>
    public static T With<T>(T record, Parameter values) where T : notnull
    {
        var copy = (T)record.GetType().GetMethod("<Clone>$")!.Invoke(record, null)!; // what a with expression calls
        foreach (var setting in Setting.Of(record.GetType()))
            if (values.TryGetValue(setting.Name, out var value))
                Property(record, setting).SetValue(copy, Value(setting, value));
        return copy;
    }

    /// <summary>The values of a record's settings that are searched.</summary>
    public static Parameter Values(object record, Func<string, bool> isHeld)
    {
        var values = Parameter.CreateNestedParameter();
        foreach (var (name, option) in Of(record, isHeld))
        {
            var value = record.GetType().GetProperty(name)!.GetValue(record)!;
            values[name] = option is ChoiceOption ? Parameter.FromString(Text(value)) : value is int number ? Parameter.FromInt(number) : Parameter.FromDouble((double)value);
        }

        return values;
    }

    private static OptionBase? Option(Setting setting, object? value, SettingRange? range)
    {
        if (setting.Choices.Count > 1)
        {
            object[] choices = [.. setting.Choices.Select(Text)];
            return new ChoiceOption(choices, value is not null && choices.Contains(Text(value)) ? Text(value) : choices[0]);
        }

        return setting switch
        {
            { Minimum: int low, Maximum: int high } => Whole((int?)range?.Least ?? low, (int?)range?.Most ?? high),
            { Minimum: double low, Maximum: double high } => Real(range?.Least ?? low, range?.Most ?? high),
            _ => null,
        };

        WholeNumberOption Whole(int low, int high) => new(low, high, setting.LogScale, value is int own ? Math.Clamp(own, low, high) : low);

        UniformDoubleOption Real(double low, double high) => new(low, high, setting.LogScale, value is double own ? Math.Clamp(own, low, high) : low);
    }

    private static object Value(Setting setting, Parameter value)
    {
        var type = Nullable.GetUnderlyingType(setting.Type) ?? setting.Type;
        if (setting.Choices.Count <= 1)
            return type == typeof(int) ? (object)value.AsType<int>() : Short(value.AsType<double>());
        var text = value.AsType<string>();
        return setting.Choices.FirstOrDefault(choice => Text(choice) == text) is not { } found
            ? throw Check.Wrong(setting.Name, $"be one of {string.Join(", ", setting.Choices.Select(Text))}", $"'{text}'")
            : type.IsEnum ? found : Convert.ChangeType(found, type, CultureInfo.InvariantCulture);
    }

    /// <summary>Seven digits say as much as any search can, and read better.</summary>
    private static double Short(double number) => double.Parse(number.ToString("g7", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static PropertyInfo Property(object record, Setting setting) => record.GetType().GetProperty(setting.Name)!;
}
