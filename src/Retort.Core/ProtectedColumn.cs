namespace Retort;

/// <summary>A column on which predictions should depend little, or whose influence on them is measured: numbers or categories, one a row.</summary>
public sealed class ProtectedColumn
{
    private ProtectedColumn(string name, Tensor values, long? categories, Tensor groups, long groupCount) =>
        (Name, Values, Categories, Groups, GroupCount) = (name, values, categories, groups, groupCount);

    /// <summary>What the column is called.</summary>
    public string Name { get; }

    /// <summary>Its numbers, float [rows], or its categories, int64 [rows], numbered from 0.</summary>
    public Tensor Values { get; }

    /// <summary>How many categories there are, seen or not; null where the column holds numbers.</summary>
    public long? Categories { get; }

    /// <summary>What the categories are called, for people; null where that is not known.</summary>
    internal IReadOnlyList<string>? CategoryNames { get; init; }

    /// <summary>The group of each row, int64 [rows]: its category, or where its number lies between the quantiles of all numbers that the column was made of.</summary>
    public Tensor Groups { get; }

    /// <summary>How many groups there are, seen or not.</summary>
    public long GroupCount { get; }

    /// <summary>A column of numbers.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="values">Floating-point numbers [rows].</param>
    /// <param name="groups">How many groups of about the same size they are cut into, for what compares groups; equal numbers stay together. At least 1; default 5.</param>
    /// <exception cref="ArgumentException">Type or shape does not fit, or a number is not finite.</exception>
    public static ProtectedColumn Numbers(string name, Tensor values, int groups = 5)
    {
        Check.Given(name);
        Check.Shape(values, "[rows]", values.dim() == 1);
        Check.AtLeast(groups, 1);
        if (!values.is_floating_point())
            throw Check.Wrong($"Protected column '{name}'", "hold floating-point numbers", values.dtype.ToString());
        using var scope = NewDisposeScope();
        if (!values.isfinite().all().ToBoolean())
            throw Check.Wrong($"Protected column '{name}'", "hold finite numbers", Check.Text(values[values.isfinite().logical_not()][0].to_type(float64).ToDouble()));
        return new(name, values, null, Cut(values, groups).MoveToOuterDisposeScope(), groups);
    }

    /// <summary>A column of categories.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="values">Numbers from 0, int64 [rows].</param>
    /// <param name="count">How many categories there are.</param>
    /// <exception cref="ArgumentException">Type or shape does not fit, or a number is not that of a category.</exception>
    public static ProtectedColumn OfCategories(string name, Tensor values, long count) => OfCategories(name, values, count, null);

    internal static ProtectedColumn OfCategories(string name, Tensor values, long count, IReadOnlyList<string>? categoryNames)
    {
        Check.Given(name);
        Check.Shape(values, "[rows]", values.dim() == 1);
        Check.Type(values, int64);
        Check.AtLeast(count, 1);
        using var scope = NewDisposeScope();
        if (values.shape[0] > 0)
            foreach (var end in (Tensor[])[values.amin(0), values.amax(0)])
                if (end.ToInt64() is var value && (value < 0 || value >= count))
                    throw Check.Wrong($"Each category of the protected column '{name}'", $"lie in [0, {count - 1}]", $"{value}");
        return new(name, values, count, values, count) { CategoryNames = categoryNames };
    }

    /// <summary>The column at some rows; groups stay what they are.</summary>
    /// <param name="rows">Row numbers, int64.</param>
    public ProtectedColumn Take(Tensor rows)
    {
        var values = Values.index_select(0, rows);
        return new(Name, values, Categories, Categories is null ? Groups.index_select(0, rows) : values, GroupCount) { CategoryNames = CategoryNames };
    }

    /// <summary>The same column, each of its tensors changed.</summary>
    internal ProtectedColumn Map(Func<Tensor, Tensor> change)
    {
        var values = change(Values);
        return new(Name, values, Categories, Categories is null ? change(Groups) : values, GroupCount) { CategoryNames = CategoryNames };
    }

    private static Tensor Cut(Tensor values, int groups) => values.shape[0] == 0 || groups == 1 ? zeros_like(values).to_type(int64)
        : bucketize(values.to_type(float64).contiguous(), tensor(QuantileCuts.Groups(GivenGradient.Numbers(values), groups), dtype: float64, device: values.device), right: true);
}
