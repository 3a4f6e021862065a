using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>A view whose rows are weighed by group and label.</summary>
internal static class ReweighedTable
{
    private const int RowsBetweenChecks = 1024;

    /// <summary>The view with a column of weights. Groups and labels are counted at once, the weights follow from them as rows are read.</summary>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, or there is nothing to weigh.</exception>
    public static IDataView Make(IDataView data, Reweighing settings, IReadOnlyList<string> protectedNames, string label, string weight, IChannel channel, Action checkCanceled)
    {
        var schema = data.Schema;
        var groups = new GroupReading(protectedNames, settings.NumberGroups);
        if (protectedNames.Concat([weight]).Contains(label))
            throw Check.Wrong("The label", "be another column than those that are protected and that of weights", $"'{label}'");
        var (protectedColumns, labelColumn, old) = (groups.Find(schema), schema.Find(label), schema.GetColumnOrNull(weight));
        var labels = Labels(data, labelColumn, settings.LabelGroups, checkCanceled);

        DataViewSchema.Column[] read = [labelColumn, .. protectedColumns, .. old is null ? [] : new[] { old.Value }];
        var (classes, weights, rows) = (new List<int>(), new List<float>(), 0L);
        using (var cursor = data.GetRowCursor(read.DistinctBy(column => column.Index)))
        {
            var (labelOf, weightOf) = (labels.Reader(cursor, labelColumn), Weight(cursor, old));
            groups.Attach(cursor, schema);
            for (; cursor.MoveNext(); rows++)
            {
                if (rows % RowsBetweenChecks == 0)
                    checkCanceled();
                if (Known(labelOf(), labels) is var kind && kind < 0)
                    continue;
                var own = weightOf();
                if (!(own >= 0 && float.IsFinite(own)))
                    throw new ArgumentException($"Column '{weight}' must hold weights of at least 0, but is {Check.Text(own)} in row {rows} (counted from 0).");
                classes.Add(kind);
                weights.Add(own);
                groups.Keep(rows);
            }
        }

        if (classes.Count == 0)
            throw new ArgumentException(rows == 0 ? "The data must have rows, but has none." : $"The data must have rows with a label, but column '{label}' is missing in all {rows}.");
        if (classes.Count < rows)
            Warn($"{rows - classes.Count} of {rows} rows have no label in column '{label}'; their weight stays as it was.");
        if (!weights.Any(value => value > 0))
            throw new ArgumentException($"Column '{weight}' must hold a positive weight, but is 0 in all {classes.Count} rows.");

        var (cells, ofRow) = groups.Pool(
            (each, count) => [.. each.Aggregate(new int[count], (counts, cell) => { counts[cell]++; return counts; })], settings.MinRows, 1, 2, Warn);
        var table = new double[cells.Count, labels.Count];
        for (var row = 0; row < ofRow.Length; row++)
            table[ofRow[row], classes[row]] += weights[row];
        var factors = Reweighing.Factors(table);
        SayEmpty(table, factors);

        var column = ScoreColumn.Of<float>(weight, NumberDataViewType.Single, new(), source => (ref float value) => value = source.Current[0]);
        return new ScoringView(new ScoresBinding(schema, [column], [.. read.DistinctBy(each => each.Index)], 1, row =>
        {
            var (labelOf, weightOf, groupOf) = (labels.Reader(row, labelColumn), Weight(row, old), cells.Reader(row, protectedColumns));
            return outputs =>
            {
                var (group, kind) = (groupOf(), Known(labelOf(), labels));
                outputs[0] = (float)(weightOf() * (group < 0 || kind < 0 ? 1 : factors[group, kind]));
            };
        }), data);

        void Warn(string text) => channel.Warning(MessageSensitivity.Schema, "{0}", text);

        void SayEmpty(double[,] counted, double[,] given)
        {
            var (empty, most) = (new List<string>(), 0.0);
            for (var g = 0; g < counted.GetLength(0); g++)
                for (var y = 0; y < counted.GetLength(1); y++)
                {
                    most = Math.Max(most, given[g, y]);
                    if (counted[g, y] == 0 && Row(counted, g) > 0 && Enumerable.Range(0, counted.GetLength(0)).Any(other => counted[other, y] > 0))
                        empty.Add($"{cells.Say()[g]} with {labels.Say(y)}");
                }

            channel.Info(MessageSensitivity.Schema, "{0}", $"The rows of {cells.Count} groups are weighed by up to {Check.Text(Math.Round(most, 3))}.");
            if (empty.Count > 0)
                Warn($"No row has {string.Join(", or ", empty.Take(3))}{(empty.Count > 3 ? ", ..." : "")}: weights cannot make up for it, and some dependence is left.");
        }
    }

    private static double Row(double[,] table, int row) => Enumerable.Range(0, table.GetLength(1)).Sum(column => table[row, column]);

    // a key or text without a value is no label
    private static int Known(int kind, GroupedColumn labels) => kind >= 0 && labels.IsNone(kind) ? -1 : kind;

    private static Func<float> Weight(DataViewRow row, DataViewSchema.Column? column)
    {
        if (column is null)
            return () => 1;
        if (!column.Value.Type.Equals(NumberDataViewType.Single))
            throw Columns.WrongType(column.Value.Name, "be Single to weigh rows", column.Value.Type);
        var (get, weight) = (row.GetGetter<float>(column.Value), 0f);
        return () =>
        {
            get(ref weight);
            return weight;
        };
    }

    private static GroupedColumn Labels(IDataView data, DataViewSchema.Column column, int groups, Action checkCanceled)
    {
        var (numbers, categories, rows) = (new List<float>(), new CategoryNumbers(), 0L);
        using var cursor = data.GetRowCursor([column]);
        var isNumber = column.Type.Equals(NumberDataViewType.Single);
        var get = isNumber ? cursor.GetGetter<float>(column) : null;
        var read = isNumber ? null : categories.TryReader(cursor, column, grows: true) ?? throw Columns.WrongType(column.Name, "be Single, Boolean, a key, a text or an integer to weigh rows by", column.Type);
        for (; cursor.MoveNext(); rows++)
        {
            if (rows % RowsBetweenChecks == 0)
                checkCanceled();
            if (get is null)
            {
                read!();
                continue;
            }

            var number = 0f;
            get(ref number);
            if (!float.IsNaN(number))
                numbers.Add(number);
        }

        return get is null ? new(column.Name, categories) : new(column.Name, GroupedColumn.Edges(numbers, groups));
    }
}
