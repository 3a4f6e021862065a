using Microsoft.ML.SearchSpace;
using Microsoft.ML.SearchSpace.Option;
using Space = Microsoft.ML.SearchSpace.SearchSpace;

namespace Retort;

/// <summary>Recipes to search among: for each part the alternatives, with the ranges that their settings declare.</summary>
/// <remarks>
/// A list with one part searches its settings, one with several also which of them, and an empty one leaves the part as it is in <see cref="Base"/>. Null among them means to do without. A search begins with the first of each list, at the values that it has there.
/// As a search space each part is a nested one, with the choice in <c>$type</c> and one nested space for each alternative that has anything to search; only what the chosen alternative says becomes part of the recipe. Alternatives that do not serve a task are left out for it.
/// </remarks>
public sealed record RecipeSpace
{
    private const string Type = "$type", None = "none";

    /// <summary>All that is not searched; default a plain recipe.</summary>
    public Recipe Base { get; init; } = new();

    /// <summary>Networks to choose from.</summary>
    public ValueList<Network> Networks { get; init; } = [];

    /// <summary>Losses to choose from; null for the task's own.</summary>
    public ValueList<Loss?> Losses { get; init; } = [];

    /// <summary>Distillations to choose from; null for soft targets. A teacher must be given where there are any.</summary>
    public ValueList<Distillation?> Distillations { get; init; } = [];

    /// <summary>Penalties to choose from; null for none. Protected columns must be given where there are any.</summary>
    public ValueList<Penalty?> Penalties { get; init; } = [];

    /// <summary>Mixings to choose from; null for none.</summary>
    public ValueList<Mixing?> Mixings { get; init; } = [];

    /// <summary>Optimizers to choose from.</summary>
    public ValueList<Optimizer> Optimizers { get; init; } = [];

    /// <summary>Schedules to choose from.</summary>
    public ValueList<Schedule> Schedules { get; init; } = [];

    /// <summary>Averagings to choose from; null for none.</summary>
    public ValueList<Averaging?> Averagings { get; init; } = [];

    /// <summary>Calibrations to choose from; null for none.</summary>
    public ValueList<Calibration?> Calibrations { get; init; } = [];

    /// <summary>Shares of rows for an epoch to choose from; null for all. One for all trials, which makes each cheaper, belongs into <see cref="Base"/>.</summary>
    public ValueList<RandomSubset?> Subsets { get; init; } = [];

    /// <summary>Settings of the recipe itself that are searched, by name: <c>BatchSize</c>, <c>ClipNorm</c>, <c>Epochs</c>, <c>Patience</c>. Default none.</summary>
    public ValueList<string> Settings { get; init; } = [];

    /// <summary>Settings of parts that keep the value that they have in the lists, by the id of the method and name, as in <c>dkd.Temperature</c>. Default none.</summary>
    public ValueList<string> Held { get; init; } = [];

    /// <summary>Ranges of settings that are searched, where they are to be others than <c>retort methods --json</c> shows. Default none.</summary>
    public ValueList<SettingRange> Ranges { get; init; } = [];

    /// <summary>What suits tables: networks, optimizer, mixing, averaging and batch size. It begins with the default recipe.</summary>
    public static RecipeSpace Default { get; } = new()
    {
        Networks = [new Mlp(), new Mlp { Numbers = new PleEmbedding() }, new RealMlp(), new TabM { Mini = true, Members = 16 }, new ResNetMlp()],
        Optimizers = [new AdamW()],
        Mixings = [null, new Mixup()],
        Averagings = [null, new ExponentialAverage()],
        Settings = ["BatchSize"],
        Held = ["tabm.Members", "tabm.Layers"], // together with their widths a step of some would take a minute
    };

    /// <summary>Small networks and short runs, for many trials in little time.</summary>
    public static RecipeSpace Fast { get; } = new()
    {
        Base = new() { Epochs = 30, Patience = 8, BatchSize = 256 },
        Networks = [new Mlp()],
        Optimizers = [new AdamW()],
        Held = ["mlp.Activation"],
    };

    /// <summary>As <see cref="Default"/>, with what makes probabilities right: losses, mixing and calibration on held-out rows.</summary>
    public static RecipeSpace Calibrated { get; } = Default with
    {
        Losses = [null, new CrossEntropyLoss { LabelSmoothing = 0.05 }, new BrierLoss(), new FocalLoss()],
        Calibrations = [null, new TemperatureScaling(), new PlattScaling()],
    };

    /// <summary>As <see cref="Default"/>, with penalties on the dependence on protected columns.</summary>
    public static RecipeSpace Penalised { get; } = Default with
    {
        Penalties = [null, new DistanceCovariance(), new DemographicParity()],
    };

    /// <summary>Refuses a base, a part or a name that is not right.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range, a part is null that cannot be, or a name names nothing that is searched.</exception>
    public void Validate()
    {
        Check.Given(Base).Validate();
        foreach (var part in Slots.SelectMany(slot => slot.Parts))
            part?.Validate();
        foreach (var (name, parts) in new (string, IEnumerable<Part?>)[] { (nameof(Networks), Networks), (nameof(Optimizers), Optimizers), (nameof(Schedules), Schedules) })
            if (parts.Contains(null))
                throw Check.Wrong(name, "name a part in each place", "null in one");
        string[] known = ["BatchSize", "ClipNorm", "Epochs", "Patience"];
        foreach (var name in Settings)
            if (!known.Contains(name))
                throw Check.Wrong("A name in Settings", $"be one of {string.Join(", ", known)}", $"'{name}'");
        var parted = Slots.SelectMany(slot => slot.Parts).OfType<Part>().SelectMany(part => SettingSpace.Of(part, _ => false).Select(option => $"{Methods.Of(part).Id}.{option.Name}")).ToHashSet();
        foreach (var name in Held)
            if (!parted.Contains(name))
                throw Check.Wrong("A name in Held", "be the id of a method in this space, a dot, and a setting of it that is searched", $"'{name}'");
        foreach (var range in Ranges)
            Validate(range);
        if (Ranges.Select(range => range.Name).Distinct().Count() < Ranges.Count)
            throw Check.Wrong("Ranges", "name each setting once", string.Join(", ", Ranges.Select(range => range.Name)));
    }

    /// <summary>The space that a JSON text describes: <c>Base</c> as a recipe, each list by its name with parts as in a recipe, and <c>Ranges</c> with two numbers for each name. What it leaves out keeps its default.</summary>
    /// <param name="json">A text as <see cref="ToJson"/> writes it.</param>
    /// <exception cref="ArgumentException">The text is not JSON, or a list, method, setting or value in it is not allowed.</exception>
    public static RecipeSpace FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return RecipeSpaceJson.Read(json);
    }

    /// <summary>The space as JSON, without what has its default.</summary>
    public string ToJson() => RecipeSpaceJson.Write(this);

    /// <summary>The same without the alternatives that do not serve a task.</summary>
    /// <param name="task">What is predicted.</param>
    /// <exception cref="ArgumentException">No network is left, or this space is not right itself.</exception>
    public RecipeSpace For(LearningTask task)
    {
        Validate();
        var space = this with
        {
            Networks = Serving(Networks),
            Losses = Serving(Losses),
            Distillations = Serving(Distillations),
            Penalties = Serving(Penalties),
            Mixings = Serving(Mixings),
            Optimizers = Serving(Optimizers),
            Schedules = Serving(Schedules),
            Averagings = Serving(Averagings),
            Calibrations = Serving(Calibrations),
            Subsets = Serving(Subsets),
        };
        if (Networks.Count > 0 && space.Networks.Count == 0)
            throw Check.Wrong("The networks of the space", $"serve the task {task}", string.Join(", ", Networks.Select(network => $"'{Methods.Of(network).Id}'")));
        return space with { Held = [.. space.Held.Where(IsThere)], Ranges = [.. space.Ranges.Where(range => !range.Name.Contains('.') || IsThere(range.Name))] };

        bool IsThere(string name) => space.Slots.Any(slot => slot.Parts.Any(part => part is not null && name.StartsWith(Methods.Of(part).Id + ".", StringComparison.Ordinal)));

        // null alone is no choice
        ValueList<T> Serving<T>(ValueList<T> parts) where T : Part? =>
            parts.Where(part => part is null || Methods.Of(part).Serves(task) && IsRight(part)).ToArray() is var served && served.Any(part => part is not null) ? [.. served] : [];

        bool IsRight(Part part)
        {
            try
            {
                part.Validate(task);
                return true;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }
    }

    /// <summary>This as a search space of ML.NET's.</summary>
    public Space ToSearchSpace()
    {
        Validate();
        var space = new Space();
        foreach (var (slot, parts) in Slots.Where(slot => slot.Parts.Length > 0))
            if (Nested(parts) is { Count: > 0 } nested)
                space.Add(slot, nested);
        foreach (var (name, option) in SettingSpace.Of(Base, name => !Settings.Contains(name), RangeOf))
            space.Add(name, option);
        return space;
    }

    /// <summary>The recipe that a parameter of <see cref="ToSearchSpace"/> stands for.</summary>
    /// <param name="parameter">What a tuner proposed.</param>
    /// <exception cref="ArgumentException">The parameter is not of this space.</exception>
    public Recipe Read(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        var recipe = SettingSpace.With(Base, Parameter.CreateNestedParameter([.. Settings.Where(parameter.ContainsKey).Select(name => new KeyValuePair<string, Parameter>(name, parameter[name]))]));
        foreach (var (slot, parts) in Slots.Where(slot => slot.Parts.Length > 0))
            typeof(Recipe).GetProperty(slot)!.SetValue(recipe, Chosen(slot, parts, parameter.TryGetValue(slot, out var nested) ? nested : Parameter.CreateNestedParameter()));
        return recipe;
    }

    /// <summary>The parameter that stands for a recipe of this space, to begin a search with.</summary>
    /// <param name="recipe">The recipe: its parts are among the alternatives, but for the settings that are searched.</param>
    /// <exception cref="ArgumentException">A part of the recipe is not in this space.</exception>
    public Parameter Write(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var parameter = SettingSpace.Values(recipe, name => !Settings.Contains(name));
        foreach (var (slot, parts) in Slots.Where(slot => slot.Parts.Length > 0))
        {
            var (part, labels) = ((Part?)typeof(Recipe).GetProperty(slot)!.GetValue(recipe), Labels(parts));
            var place = Array.FindIndex(parts, own => own?.GetType() == part?.GetType() && (own is null || Equals(SettingSpace.With(own, SettingSpace.Values(part!, IsHeld(own))), part)));
            if (place < 0)
                throw Check.Wrong(slot, $"be in the space, as one of {string.Join(", ", labels)}", $"{(part is null ? None : part)}");
            var nested = Parameter.CreateNestedParameter();
            if (parts.Length > 1)
                nested[Type] = Parameter.FromString(labels[place]);
            if (part is not null && SettingSpace.Of(part, IsHeld(part)).Any())
                nested[labels[place]] = SettingSpace.Values(part, IsHeld(part));
            parameter[slot] = nested;
        }

        return parameter;
    }

    /// <summary>The parts of a recipe and their alternatives.</summary>
    internal IEnumerable<(string Name, Part?[] Parts)> Slots =>
    [
        (nameof(Recipe.Network), [.. Networks]), (nameof(Recipe.Loss), [.. Losses]), (nameof(Recipe.Distillation), [.. Distillations]), (nameof(Recipe.Penalty), [.. Penalties]), (nameof(Recipe.Mixing), [.. Mixings]),
        (nameof(Recipe.Optimizer), [.. Optimizers]), (nameof(Recipe.Schedule), [.. Schedules]), (nameof(Recipe.Averaging), [.. Averagings]), (nameof(Recipe.Calibration), [.. Calibrations]),
        (nameof(Recipe.Subset), [.. Subsets]),
    ];

    private Space Nested(Part?[] parts)
    {
        var (space, labels) = (new Space(), Labels(parts));
        if (parts.Length > 1)
            space.Add(Type, new ChoiceOption([.. labels], labels[0]));
        foreach (var (part, label) in parts.Zip(labels))
        {
            if (part is null)
                continue;
            var own = new Space();
            foreach (var (name, option) in SettingSpace.Of(part, IsHeld(part), name => RangeOf($"{Methods.Of(part).Id}.{name}")))
                own.Add(name, option);
            if (own.Count > 0)
                space.Add(label, own);
        }

        return space;
    }

    private static Part? Chosen(string slot, Part?[] parts, Parameter nested)
    {
        var labels = Labels(parts);
        var label = parts.Length == 1 ? labels[0] : nested.TryGetValue(Type, out var said) ? said.AsType<string>() : "nothing";
        var place = Array.IndexOf(labels, label);
        if (place < 0)
            throw Check.Wrong($"{Type} of {slot}", $"be one of {string.Join(", ", labels)}", $"'{label}'");
        return parts[place] is { } part && nested.TryGetValue(label, out var values) ? SettingSpace.With(part, values) : parts[place];
    }

    /// <summary>The ids, those of several alternatives of one method counted.</summary>
    private static string[] Labels(Part?[] parts)
    {
        string[] ids = [.. parts.Select(part => part is null ? None : Methods.Of(part).Id)];
        return [.. ids.Select((id, i) => ids[..i].Count(other => other == id) is var before && before == 0 ? id : $"{id}-{before + 1}")];
    }

    /// <summary>Refuses a range that is none, or of a setting that is not searched, or whose ends the setting cannot have.</summary>
    private void Validate(SettingRange range)
    {
        var dot = range.Name.IndexOf('.');
        object[] records = dot < 0 ? Settings.Contains(range.Name) ? [Base] : [] : [.. Slots.SelectMany(slot => slot.Parts).OfType<Part>().Where(part => Methods.Of(part).Id == range.Name[..dot] && !Held.Contains(range.Name))];
        var own = range.Name[(dot + 1)..];
        var setting = records.SelectMany(record => Setting.Of(record.GetType())).FirstOrDefault(setting => setting.Name == own && setting is { Choices.Count: <= 1, Minimum: not null })
            ?? throw Check.Wrong("A name in Ranges", "be that of a number that is searched, as 'adamw.LearningRate', or one of Settings", $"'{range.Name}'");
        if (!(range.Least < range.Most && double.IsFinite(range.Least) && double.IsFinite(range.Most) && (!setting.LogScale || range.Least > 0)))
            throw Check.Wrong($"The range of '{range.Name}'", setting.LogScale ? "rise from a number above 0" : "rise", $"[{Check.Text(range.Least)}, {Check.Text(range.Most)}]");
        if (setting.Minimum is int && (range.Least != (int)range.Least || range.Most != (int)range.Most))
            throw Check.Wrong($"The range of '{range.Name}'", "have whole numbers as its ends", $"[{Check.Text(range.Least)}, {Check.Text(range.Most)}]");
        foreach (var record in records)
            foreach (var end in (double[])[range.Least, range.Most])
            {
                var at = SettingSpace.With(record, Parameter.CreateNestedParameter(KeyValuePair.Create(own, setting.Minimum is int ? Parameter.FromInt((int)end) : Parameter.FromDouble(end))));
                (at as Part)?.Validate();
                (at as Recipe)?.Validate();
            }
    }

    /// <summary>The range of a setting that is not its own; null where it is.</summary>
    internal SettingRange? RangeOf(string name) => Ranges.FirstOrDefault(range => range.Name == name);

    /// <summary>Whether a setting of a part keeps its value.</summary>
    internal Func<string, bool> IsHeld(Part part) => name => Held.Contains($"{Methods.Of(part).Id}.{name}");
}
