namespace Retort;

/// <summary>How differently a model treats the groups of protected columns, each number with an interval.</summary>
/// <remarks>
/// The intervals draw rows anew from all rows, so groups' sizes vary with them; bins, quantile groups and what counts as small stay as they are. They tell what other test rows would have changed, not what another training run would have.
/// No number here says that a model is fair: which gap matters is a question of the case, and several of them cannot vanish together where base rates differ.
/// </remarks>
public sealed record FairnessMetrics
{
    internal FairnessMetrics(LearningTask task, int rows, ValueList<string> classes, Estimate scoreSpread, GroupFairness all, ValueList<ColumnFairness> columns, ColumnFairness? intersection, FairnessSettings settings, ValueList<string> notes)
    {
        (Task, Rows, Classes, ScoreSpread, All, Columns, Intersection, Notes) = (task, rows, classes, scoreSpread, all, columns, intersection, notes);
        (MinimumCount, Permutations) = (settings.MinimumCount, settings.Permutations);
    }

    /// <summary>What the model predicts.</summary>
    public LearningTask Task { get; }

    /// <summary>How many rows were measured.</summary>
    public int Rows { get; }

    /// <summary>The classes that rates are of: of two classes the second. None for regression.</summary>
    public ValueList<string> Classes { get; }

    /// <summary>The standard deviation of all scores, of several classes the root of the mean variance: where it shrinks, gaps of means shrink with it, without any group being treated more alike.</summary>
    public Estimate ScoreSpread { get; }

    /// <summary>All rows as one group, to compare with.</summary>
    public GroupFairness All { get; }

    /// <summary>Each protected column by itself.</summary>
    public ValueList<ColumnFairness> Columns { get; }

    /// <summary>All of them together; null where there is one column, or where this was not asked for.</summary>
    public ColumnFairness? Intersection { get; }

    /// <summary>Groups of fewer rows are small.</summary>
    public int MinimumCount { get; }

    /// <summary>How many permutations made floors and p-values.</summary>
    public int Permutations { get; }

    /// <summary>What a reader of the numbers must know: small groups, missing values, columns with one group.</summary>
    public ValueList<string> Notes { get; }

    /// <summary>One protected column.</summary>
    /// <param name="column">Its name.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public ColumnFairness this[string column] => Columns.FirstOrDefault(own => own.Name == column)
        ?? throw new ArgumentException($"Column '{column}' was not measured; measured were {string.Join(", ", Columns.Select(own => $"'{own.Name}'"))}.");

    /// <summary>All numbers as JSON, numbers that cannot be had as null.</summary>
    public string ToJson() => FairnessJson.Of(this).ToJsonString(FairnessJson.Options);

    /// <summary>Tables for people, the same in every culture.</summary>
    public override string ToString() => FairnessText.Of(this);

    /// <summary>Measures a model's answers.</summary>
    /// <param name="rows">Scores, decisions and truth.</param>
    /// <param name="columns">Protected columns with the same rows, at least one.</param>
    /// <param name="settings">How; null for the defaults.</param>
    /// <exception cref="ArgumentException">There are no rows, a number is not what it must be, or the sizes do not fit.</exception>
    internal static FairnessMetrics Of(FairnessRows rows, IReadOnlyList<GroupColumn> columns, FairnessSettings? settings = null) => new FairnessMeter(rows, columns, settings ?? new()).Measure();

    /// <summary>Measures a model's answers against what a penalty looks at.</summary>
    /// <inheritdoc cref="Of(FairnessRows, IReadOnlyList{GroupColumn}, FairnessSettings)" path="/exception"/>
    internal static FairnessMetrics Of(FairnessRows rows, ProtectedColumns columns, FairnessSettings? settings = null) =>
        Of(rows, [.. columns.Columns.Select(column => GroupColumn.Of(column, (settings ?? new()).QuantileGroups))], settings);
}
