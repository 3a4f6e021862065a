using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>The numbers of a recipe that may change while a network is trained by it, and how they do.</summary>
/// <param name="space">What is searched, and in which ranges.</param>
/// <param name="resample">How likely a number is drawn anew.</param>
internal sealed class Exploration(RecipeSpace space, double resample)
{
    private const double Down = 0.8, Up = 1.2;

    private static readonly HashSet<string> s_parts = [nameof(Recipe.Network), nameof(Recipe.Loss), nameof(Recipe.Distillation), nameof(Recipe.Penalty), nameof(Recipe.Mixing), nameof(Recipe.Optimizer)];

    /// <summary>Whether there is any such number in a part of the space.</summary>
    public bool HasNumbers => Slots.Any(slot => slot.Parts.Any(part => part is not null && Numbers(part).Any()));

    /// <summary>A recipe whose numbers are drawn from their ranges.</summary>
    public Recipe Draw(Recipe recipe, Generator random) => With(recipe, (value, range, isLog) => Drawn(range, isLog, random));

    /// <summary>A recipe whose numbers are a little larger or smaller, or drawn anew.</summary>
    public Recipe Change(Recipe recipe, Generator random) => With(recipe, (value, range, isLog) =>
        random.Uniform() < resample ? Drawn(range, isLog, random) : Math.Clamp(value * (random.Uniform() < 0.5 ? Down : Up), range.Least, range.Most));

    private IEnumerable<(string Name, Part?[] Parts)> Slots => space.Slots.Where(slot => s_parts.Contains(slot.Name) && slot.Parts.Length > 0);

    private Recipe With(Recipe recipe, Func<double, SettingRange, bool, double> change)
    {
        var copy = recipe with { };
        foreach (var (name, _) in Slots)
        {
            var property = typeof(Recipe).GetProperty(name)!;
            if (property.GetValue(recipe) is not Part part)
                continue;
            var values = Parameter.CreateNestedParameter();
            foreach (var setting in Numbers(part))
                if (part.GetType().GetProperty(setting.Name)!.GetValue(part) is double value && (value != 0 || setting.Name != "Weight")) // a part of no weight is left out of a run, and of its state
                    values[setting.Name] = Parameter.FromDouble(change(value, Range(part, setting), setting.LogScale));
            property.SetValue(copy, SettingSpace.With(part, values));
        }

        return copy;
    }

    /// <summary>Numbers that no part's memory is made by: of networks the dropout, of other parts all that are not counts.</summary>
    private IEnumerable<Setting> Numbers(Part part) => Setting.Of(part.GetType())
        .Where(setting => setting.Minimum is double && !space.IsHeld(part)(setting.Name) && (part is not Network || setting.Name == nameof(Mlp.Dropout)));

    private SettingRange Range(Part part, Setting setting) =>
        $"{Methods.Of(part).Id}.{setting.Name}" is var name && space.RangeOf(name) is { } own ? own : new(name, (double)setting.Minimum!, (double)setting.Maximum!);

    private static double Drawn(SettingRange range, bool isLog, Generator random) => isLog
        ? range.Least * Math.Pow(range.Most / range.Least, random.Uniform())
        : range.Least + (range.Most - range.Least) * random.Uniform();
}
