using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Retort;

/// <summary>Which rows of a table can be mixed, with their labels and weights.</summary>
/// <param name="Rows">Where they stand in the table: those with a label and a weight above 0.</param>
/// <param name="Values">Their labels, where those are numbers; else empty.</param>
/// <param name="Classes">The numbers of their classes, in the order in which they come; else empty.</param>
/// <param name="Weights">Of all rows of the table; empty where it has none.</param>
/// <param name="All">How many rows the table has.</param>
internal sealed record MixedLabels(int[] Rows, float[] Values, long[] Classes, float[] Weights, int All)
{
    private const int RowsBetweenChecks = 1024;

    /// <summary>Reads label and weight.</summary>
    /// <exception cref="ArgumentException">A label is infinite, a weight is outside its range, or there is nothing to mix.</exception>
    public static MixedLabels Read(IDataView data, DataViewSchema.Column label, DataViewSchema.Column? weight, IChannel channel, Action checkCanceled)
    {
        var (rows, values, classes, weights, all) = (new List<int>(), new List<float>(), new List<long>(), new List<float>(), 0);
        var isNumber = MixedColumn.IsNumbers(label.Type);
        using (var cursor = data.GetRowCursor(weight is null ? [label] : [label, weight.Value]))
        {
            var valueOf = isNumber ? Value(cursor, label) : null;
            var classOf = isNumber ? null : Class(cursor, label);
            var getWeight = weight is null ? null : cursor.GetGetter<float>(weight.Value);
            for (; cursor.MoveNext(); all++)
            {
                if (all % RowsBetweenChecks == 0)
                    checkCanceled();
                var counts = 1f;
                if (getWeight is not null)
                {
                    getWeight(ref counts);
                    if (!(counts >= 0 && float.IsFinite(counts)))
                        throw new ArgumentException($"Column '{weight!.Value.Name}' must hold weights of at least 0, but is {Check.Text(counts)} in row {all} (counted from 0).");
                    weights.Add(counts);
                }

                if (valueOf?.Invoke() is { } value)
                {
                    if (double.IsInfinity(value))
                        throw new ArgumentException($"Column '{label.Name}' must be finite, but is {Check.Text(value)} in row {all} (counted from 0).");
                    if (double.IsNaN(value) || counts == 0)
                        continue;
                    values.Add((float)value);
                }
                else
                {
                    var kind = classOf!();
                    if (kind < 0 || counts == 0)
                        continue;
                    classes.Add(kind);
                }

                rows.Add(all);
            }
        }

        if (rows.Count == 0)
            throw new ArgumentException(all == 0 ? "The data must have rows, but has none." : $"The data must have rows with a label, but column '{label.Name}' is missing{(weight is null ? "" : $" or column '{weight.Value.Name}' is 0")} in all {all}.");
        if (rows.Count < all)
            channel.Warning(MessageSensitivity.Schema, "{0}", $"{all - rows.Count} of {all} rows have no label in column '{label.Name}'{(weight is null ? "" : " or no weight")}; they are not mixed.");
        return new([.. rows], [.. values], [.. classes], [.. weights], all);
    }

    private static Func<double?> Value(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type.Equals(NumberDataViewType.Double))
        {
            var (getDouble, precise) = (row.GetGetter<double>(column), 0.0);
            return () =>
            {
                getDouble(ref precise);
                return precise;
            };
        }

        var (get, value) = (row.GetGetter<float>(column), 0f);
        return () =>
        {
            get(ref value);
            return value;
        };
    }

    /// <summary>The number of a row's class, -1 where it has none.</summary>
    private static Func<long> Class(DataViewRow row, DataViewSchema.Column column)
    {
        var numbers = new Dictionary<object, long>();
        if (column.Type is KeyDataViewType)
        {
            var key = Keys.Reader(row, column);
            return () => key() is var value && value == 0 ? -1 : Number(value);
        }

        if (column.Type is TextDataViewType)
        {
            var (getText, text) = (row.GetGetter<ReadOnlyMemory<char>>(column), default(ReadOnlyMemory<char>));
            return () =>
            {
                getText(ref text);
                return text.IsEmpty ? -1 : Number(text.ToString());
            };
        }

        var (get, flag) = (row.GetGetter<bool>(column), false);
        return () =>
        {
            get(ref flag);
            return Number(flag);
        };

        long Number(object value)
        {
            if (!numbers.TryGetValue(value, out var number))
                numbers.Add(value, number = numbers.Count);
            return number;
        }
    }
}
