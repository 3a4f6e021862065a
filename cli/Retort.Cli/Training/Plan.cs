using Retort.Cli.Tables;

namespace Retort.Cli.Training;

/// <summary>What is to be learnt from which columns: guessed from the data where the user did not say.</summary>
/// <param name="Label">The column to predict.</param>
/// <param name="Task">What kind of prediction.</param>
/// <param name="Numbers">Columns of numbers.</param>
/// <param name="Bools">Columns of true and false.</param>
/// <param name="Categories">Columns of text with few different values.</param>
/// <param name="Ignored">Columns left out, and why.</param>
internal sealed record Plan(
    Column Label,
    LearningTask Task,
    IReadOnlyList<Column> Numbers,
    IReadOnlyList<Column> Bools,
    IReadOnlyList<Column> Categories,
    IReadOnlyList<(string Name, string Reason)> Ignored)
{
    private const int MostClassesOfNumbers = 20;
    private const double MostlyNumbers = 0.9;

    /// <summary>Columns that training looks at for a penalty, and the model does not read.</summary>
    public IReadOnlyList<Column> Protected { get; private init; } = [];

    /// <summary>The column whose rows of one value are held out together; null where each row stands for itself.</summary>
    public Column? Group { get; private init; }

    /// <summary>The columns that the model reads, in the order of the file.</summary>
    public IEnumerable<Column> Features => Numbers.Concat(Bools).Concat(Categories).OrderBy(c => c.Index);

    /// <summary>Guesses what the user did not say.</summary>
    /// <exception cref="InvalidDataException">A named column is missing, the label does not fit the task, or nothing is left to learn from.</exception>
    public static Plan Of(Table table, string label, LearningTask? task, IReadOnlyCollection<string> ignore, IReadOnlyCollection<string>? protectedColumns = null, string? group = null)
    {
        var target = table[label];
        Column[] guarded = [.. (protectedColumns ?? []).SelectMany(asked => Named(table, asked)).Distinct().Select(name => table[name])];
        if (guarded.Contains(target))
            throw new UsageException($"Option --protected must not name the label, but names '{label}'.");
        var together = group is null ? null : table[group];
        if (together == target)
            throw new UsageException($"Option --group must not name the label, but names '{label}'.");
        ignore = [.. ignore.SelectMany(asked => Named(table, asked))];
        if (ignore.Contains(label))
            throw new UsageException($"Option --ignore must not name the label, but names '{label}'.");

        var ignored = new List<(string, string)>();
        var used = new List<Column>();
        MustBeNumbers(target, table.Rows);
        foreach (var column in table.Columns.Where(c => c != target))
            if ((guarded.Contains(column) ? "protected, for the penalty alone" : column == together ? "the group, whose rows stay together" : Reason(column, table.Rows, ignore)) is { } reason)
                ignored.Add((column.Name, reason));
            else
            {
                MustBeNumbers(column, table.Rows);
                used.Add(column);
            }

        if (used.Count == 0)
            throw new InvalidDataException($"File '{table.Path}' must have a column to learn from beside the label '{label}', but has none{(ignored.Count == 0 ? "" : $" that is not ignored ({string.Join("; ", ignored.Take(10).Select(i => $"{i.Item1}: {i.Item2}"))}{(ignored.Count > 10 ? $"; and {ignored.Count - 10} more" : "")})")}.");

        var chosen = task ?? Guess(target, table.Rows);
        CheckLabel(target, chosen, table.Rows);
        return new Plan(target, chosen, Of(ColumnKind.Number), Of(ColumnKind.Bool), Of(ColumnKind.Category), ignored) { Protected = guarded, Group = together };

        Column[] Of(ColumnKind kind) => [.. used.Where(c => c.Kind == kind)];
    }

    /// <summary>Names separated by commas, unless the whole is a name.</summary>
    /// <exception cref="InvalidDataException">The file has no such column.</exception>
    public static IEnumerable<string> Named(Table table, string asked) => table.Columns.Any(c => c.Name == asked)
        ? [asked]
        : asked.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(name => table[name].Name);

    private static string? Reason(Column column, long rows, IReadOnlyCollection<string> ignore) =>
        ignore.Contains(column.Name) ? "as asked"
        : !column.IsNamed ? "the header has no name for it"
        : column.Values.Count == 0 ? "it is empty"
        : column.Values.Count == 1 && column.Missing == 0 ? $"it always says '{column.Values[0]}'"
        : column.IsWrittenNumbers || column.Numbers >= MostlyNumbers * (rows - column.Missing) ? null // refused, not left out
        : column.IsDates && column.Values.Count > 50 ? $"dates, such as '{column.Values[0]}'; a column of what matters in them, such as days since or month, would be read"
        : column.Kind == ColumnKind.Category && column.Values.Count > MostNames(rows) ? column.IsProse ? $"free text, such as '{Names.Short(column.Values[0])}'; columns of what it says would be read"
        : $"text{(column.Spoiler is { } spoiler ? $" ({spoiler})" : "")} with {Count(column)} different values in {rows} rows"
        : null;

    // a column that was meant as numbers would else be learned as names, or be left out
    private static void MustBeNumbers(Column column, long rows)
    {
        if (column.IsWrittenNumbers)
            throw new InvalidDataException($"Column '{column.Name}' must hold numbers as 1234.5, but line {column.FirstText!.Value.Line} has '{column.FirstText.Value.Text}'; write them with a point and without marks of thousands, money or percent, or name the column in --ignore.");
        if (column.Kind == ColumnKind.Category && column.Values.Count > MostNames(rows) && column.Numbers >= MostlyNumbers * (rows - column.Missing))
            throw new InvalidDataException(FormattableString.Invariant($"Column '{column.Name}' must hold numbers in every row, as it does in {column.Numbers:N0} of {rows:N0}, but line {column.FirstText!.Value.Line} has '{column.FirstText.Value.Text}'; mend or empty the cell, or name the column in --ignore."));
    }

    private static long MostNames(long rows) => Math.Max(50, rows / 2);

    private static LearningTask Guess(Column label, long rows) =>
        label.TwoSided ? LearningTask.Binary
        : label.Kind != ColumnKind.Number ? LearningTask.Multiclass
        : label.Whole && label.Different <= Math.Min(MostClassesOfNumbers, rows / 5) ? LearningTask.Multiclass
        : LearningTask.Regression;

    private static void CheckLabel(Column label, LearningTask task, long rows)
    {
        if (label.Different < 2)
            throw new InvalidDataException($"Label '{label.Name}' must have at least two different values, but has {(label.Values.Count == 0 ? "none" : $"only '{label.Values[0]}'")}.");
        if (task == LearningTask.Regression && label.Kind != ColumnKind.Number)
            throw new InvalidDataException($"Label '{label.Name}' must hold numbers for regression, but line {label.FirstText!.Value.Line} has '{label.FirstText.Value.Text}'.");
        if (task == LearningTask.Binary && !label.TwoSided)
            throw new InvalidDataException($"Label '{label.Name}' must hold 0 and 1, or true and false, or yes and no, in every row for a binary task, but holds {Names.List(label.Values, 5)}; task multiclass takes any values.");
        if (task == LearningTask.Multiclass && label.Values.Count > Math.Max(2, rows / 2))
            throw new InvalidDataException($"Label '{label.Name}' must repeat its classes for a multiclass task, but has {Count(label)} different values in {rows} rows.");
    }

    private static string Count(Column column) => column.Values.Count < Column.MostValues ? $"{column.Values.Count}" : $"{Column.MostValues} or more";
}
