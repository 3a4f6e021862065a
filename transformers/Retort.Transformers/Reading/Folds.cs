using Microsoft.ML;
using Microsoft.ML.Data;

namespace Retort;

/// <summary>Deals the rows of a view to folds.</summary>
internal static class Folds
{
    /// <summary>The fold of each row, in the view's order.</summary>
    /// <param name="data">The rows. They must come in the same order every time.</param>
    /// <param name="folds">How many folds, at least 2.</param>
    /// <param name="group">The column whose rows of one value stay together; null for none.</param>
    /// <param name="stratum">The column of which every fold gets an even share of each value, where the view has it and there are no groups.</param>
    /// <param name="random">Where chance comes from.</param>
    /// <exception cref="ArgumentException">A column is missing, or there are fewer rows or groups than folds.</exception>
    public static byte[] Deal(IDataView data, int folds, string? group, string stratum, Generator random)
    {
        var column = group is null ? data.Schema.GetColumnOrNull(stratum) : data.Schema.Find(group);
        var values = new List<long>();
        using (var cursor = data.GetRowCursor(column is null ? [] : [column.Value]))
        {
            var value = column is null ? null : group is null ? Stratum(cursor, column.Value) : GroupReader.Of(cursor, column.Value);
            while (cursor.MoveNext())
                values.Add(value?.Invoke() ?? 0);
        }

        if (values.Count < folds)
            throw new ArgumentException($"The data must have at least {folds} rows, one a fold, but has {values.Count}.");
        return group is null ? DealRows(values, folds, random) : DealGroups(values, folds, group, random);
    }

    // any column may hold the classes; one that does not is no reason to fail
    private static Func<long>? Stratum(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is BooleanDataViewType)
        {
            var get = row.GetGetter<bool>(column);
            return () =>
            {
                var value = false;
                get(ref value);
                return value ? 1 : 0;
            };
        }

        return GroupReader.TryOf(row, column);
    }

    // class after class, each in a random order, one row a fold in turn
    private static byte[] DealRows(List<long> values, int folds, Generator random)
    {
        var foldOf = new byte[values.Count];
        var next = 0;
        foreach (var stratum in values.Select((value, row) => (value, row)).GroupBy(pair => pair.value, pair => pair.row).OrderBy(stratum => stratum.Key))
        {
            var rows = stratum.ToArray();
            foreach (var pick in random.Permutation(rows.Length))
                foldOf[rows[pick]] = (byte)(next++ % folds);
        }

        return foldOf;
    }

    // in a random order, each group to the fold that has the fewest rows by then
    private static byte[] DealGroups(List<long> values, int folds, string name, Generator random)
    {
        var groups = values.Select((value, row) => (value, row)).GroupBy(pair => pair.value, pair => pair.row).OrderBy(group => group.Key).Select(group => group.ToArray()).ToArray();
        if (groups.Length < folds)
            throw new ArgumentException($"Column '{name}' must have at least {folds} values, one a fold, but has {groups.Length}.");
        var foldOf = new byte[values.Count];
        var sizes = new int[folds];
        foreach (var pick in random.Permutation(groups.Length))
        {
            var fold = Array.IndexOf(sizes, sizes.Min());
            sizes[fold] += groups[pick].Length;
            foreach (var row in groups[pick])
                foldOf[row] = (byte)fold;
        }

        return foldOf;
    }
}
