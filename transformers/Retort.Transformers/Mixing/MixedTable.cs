using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>A table whose rows are mixed. A column is read when it is first asked for.</summary>
internal sealed class MixedTable
{
    private const int RowsBetweenChecks = 1024;

    private readonly object _lock = new();
    private readonly IDataView _data;
    private readonly MixedLabels _labels;
    private readonly MixedColumn[] _columns;
    private readonly int _weight;
    private readonly string _label;
    private readonly Action _checkCanceled;
    private readonly MemoryLimit _limit;

    private MixedTable(IDataView data, MixedLabels labels, MadeRows rows, MixedColumn[] columns, string label, string? weight, Action checkCanceled, MemoryLimit limit)
    {
        (_data, _labels, Rows, _columns, _label, _checkCanceled, _limit) = (data, labels, rows, columns, label, checkCanceled, limit);
        _weight = weight is null ? -1 : Array.FindIndex(columns, column => column.Column.Name == weight) is var found && found >= 0 ? found : columns.Length;
        var builder = new DataViewSchema.Builder();
        for (var i = 0; i < columns.Length; i++)
            builder.AddColumn(columns[i].Column.Name, columns[i].Column.Type, i == _weight ? null : columns[i].Column.Annotations);
        if (_weight == columns.Length)
            builder.AddColumn(weight!, NumberDataViewType.Single);
        Schema = builder.ToSchema();
    }

    public DataViewSchema Schema { get; }

    public MadeRows Rows { get; }

    /// <summary>A view of a table with mixed rows. Labels and weights are read, and partners are chosen; nothing else.</summary>
    /// <param name="data">The table.</param>
    /// <param name="mixing">How its rows are mixed.</param>
    /// <param name="label">The label's column.</param>
    /// <param name="weight">The column of weights; where labels are classes it is made if it is missing.</param>
    /// <param name="times">How many mixed rows, as often as there are rows with a label.</param>
    /// <param name="keepsOriginal">Whether the table's own rows come first.</param>
    /// <param name="kept">Columns that are never mixed.</param>
    /// <param name="seeds">Where chance comes from.</param>
    /// <param name="channel">Hears of rows that cannot be mixed.</param>
    /// <param name="checkCanceled">Throws where it is to end.</param>
    /// <param name="limit">How much memory there is.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, the mixing does not fit, or there is nothing to mix.</exception>
    public static MixedView Make(
        IDataView data, Mixing mixing, string label, string weight, double times, bool keepsOriginal, IReadOnlyList<string> kept, Seeds seeds, IChannel channel, Action checkCanceled, MemoryLimit? limit = null)
    {
        var schema = data.Schema;
        if (kept.Append(weight).Contains(label))
            throw Check.Wrong("The label", "be another column than those that are kept and that of weights", $"'{label}'");
        var (labelColumn, weightColumn) = (schema.Find(label), schema.GetColumnOrNull(weight));
        var still = kept.Select(name => schema.Find(name).Index).ToHashSet();
        CheckFits(mixing, labelColumn);
        if (weightColumn is { } found && !found.Type.Equals(NumberDataViewType.Single))
            throw Columns.WrongType(weight, "be Single to weigh rows", found.Type);

        var labels = MixedLabels.Read(data, labelColumn, weightColumn, channel, checkCanceled);
        var (columns, numbers, values) = (new List<MixedColumn>(), 0, 0);
        foreach (var column in schema.Where(column => !column.IsHidden))
        {
            var isNumbers = MixedColumn.IsNumbers(column.Type);
            var role = column.Index == labelColumn.Index || column.Index == weightColumn?.Index ? ColumnRole.Label : still.Contains(column.Index) ? ColumnRole.Kept : ColumnRole.Mixed;
            columns.Add(MixedColumn.Of(column, role, role != ColumnRole.Mixed ? -1 : isNumbers ? numbers : values));
            (numbers, values) = role != ColumnRole.Mixed ? (numbers, values) : isNumbers ? (numbers + columns[^1].Numbers, values) : (numbers, values + 1);
        }

        if (numbers + values == 0)
            throw new ArgumentException("The data must have a column to mix, but has none beside the label, the weights and those that are kept.");
        var isRegression = labels.Values.Length > 0;
        var all = new MixingRows { Rows = labels.Rows.Length, Features = numbers, Columns = values, Classes = isRegression ? 1 : labels.Classes.Distinct().Count(), Labels = labels.Classes, Values = labels.Values };
        var wanted = Math.Round(times * labels.Rows.Length);
        if (!(wanted >= 1 && wanted <= Array.MaxLength))
            throw new ArgumentException($"The number of rows to make must lie in [1, {Array.MaxLength}], but is {Check.Text(wanted)}.");
        return new(new MixedTable(data, labels, new(mixing, labels, all, (int)wanted, keepsOriginal, seeds), [.. columns], label, isRegression ? null : weight, checkCanceled, limit ?? MemoryLimit.OfMachine));
    }

    /// <summary>Has columns in memory.</summary>
    /// <exception cref="ArgumentException">They take more than there is.</exception>
    public void Load(IEnumerable<DataViewSchema.Column> needed)
    {
        lock (_lock)
        {
            MixedColumn[] missing = [.. needed.Select(column => column.Index).Where(index => index != _weight).Distinct().Select(index => _columns[index]).Where(column => !column.IsRead)];
            if (missing.Length == 0)
                return;
            Array.ForEach(missing, column => column.Clear()); // of a reading that failed
            using var cursor = _data.GetRowCursor(missing.Select(column => column.Column));
            var readers = missing.Select(column => column.Reader(cursor)).ToArray();
            var rows = 0;
            for (; cursor.MoveNext() && rows <= _labels.All; rows++)
            {
                if (rows % RowsBetweenChecks == 0)
                {
                    _checkCanceled();
                    if (rows > 0)
                        _limit.CheckFirst("The data", rows, missing.Length, missing.Sum(column => column.Bytes) / rows);
                }

                foreach (var read in readers)
                    read();
            }

            if (rows != _labels.All)
                throw new InvalidOperationException($"The data must have the same rows every time it is read, but had {_labels.All} and now has {(rows > _labels.All ? "more" : rows)}.");
            foreach (var column in missing)
                column.IsRead = true;
        }
    }

    public Delegate Getter(int column, MadeRow made) => column != _weight
        ? _columns[column].Getter(made)
        : (ValueGetter<float>)((ref float value) => value = Weight(made));

    private float Weight(MadeRow made)
    {
        if (made.Mix is null)
            return WeightOf(made.Row);
        var share = made.Mix.Shares[0];
        return (share * WeightOf(made.Row) + (1 - share) * WeightOf(made.Partner)) * (made.IsTwin ? 1 - share : share);
    }

    private float WeightOf(int row) => _labels.Weights.Length == 0 ? 1 : _labels.Weights[row];

    private static void CheckFits(Mixing mixing, DataViewSchema.Column label)
    {
        var isNumber = MixedColumn.IsNumbers(label.Type) && label.Type is not VectorDataViewType;
        if (!isNumber && label.Type is not (KeyDataViewType or BooleanDataViewType or TextDataViewType))
            throw Columns.WrongType(label.Name, "be Single, Double, Boolean, a key or a text to mix rows", label.Type);
        var method = Methods.Of(mixing);
        if (!method.Serves(isNumber ? LearningTask.Regression : label.Type is BooleanDataViewType ? LearningTask.Binary : LearningTask.Multiclass))
            throw new ArgumentException($"{method.Type.Name} must mix labels of {method.Tasks}, but column '{label.Name}' is {label.Type}.");
        if (!mixing.MixesTables)
            throw new ArgumentException($"mixing must mix rows as they are in a table, but {mixing} is for networks alone.");
        mixing.Validate();
    }
}
