using Microsoft.ML;
using static TorchSharp.torch;

namespace Retort;

/// <summary>Makes synthetic rows of a view.</summary>
internal static class MungedTable
{
    private const int RowsBetweenChecks = 1024;

    /// <summary>The synthetic rows: the view's visible columns, in their types and with their annotations. All of them are made at once.</summary>
    /// <param name="data">The table.</param>
    /// <param name="munge">How.</param>
    /// <param name="times">How many rows, as often as the table has.</param>
    /// <param name="label">The column whose values are missing in the result; it is left out where its type knows no missing value.</param>
    /// <param name="kept">Columns that keep the values of the row that each began as.</param>
    /// <param name="seeds">Where chance comes from.</param>
    /// <param name="checkCanceled">Throws where it is to end.</param>
    /// <exception cref="ArgumentException">A column is missing, or there are too few rows.</exception>
    public static IDataView Make(IDataView data, Munge munge, double times, string? label, IReadOnlyList<string> kept, Seeds seeds, Action checkCanceled)
    {
        var schema = data.Schema;
        var (hasLabel, labelColumn) = label is null ? (false, default) : (true, schema.Find(label));
        var still = kept.Select(name => schema.Find(name).Index).ToHashSet();
        MungedColumn[] columns = [.. schema.Where(column => !column.IsHidden)
            .Select(column => hasLabel && column.Index == labelColumn.Index ? MungedColumn.Missing(column) : MungedColumn.Of(column)).OfType<MungedColumn>()];
        MungedColumn[] mixed = [.. columns.Where(column => !still.Contains(column.Column.Index) && !(hasLabel && column.Column.Index == labelColumn.Index))];

        var rows = Read(data, columns, checkCanceled);
        if (rows < 2)
            throw new ArgumentException($"The data must have at least 2 rows to make others of, but has {rows}.");
        var random = seeds.Stream("munge");
        var neighbours = Neighbours(mixed, rows, munge, random, checkCanceled);

        var wanted = (long)Math.Round(times * rows);
        if (wanted is < 1 or > int.MaxValue)
            throw new ArgumentException($"The number of rows to make must lie in [1, {int.MaxValue}], but is {wanted}.");
        for (var made = 0L; made < wanted; made += rows)
        {
            foreach (var column in columns)
                column.Begin();
            for (var row = 0; row < rows; row++)
            {
                if (row % RowsBetweenChecks == 0)
                    checkCanceled();
                foreach (var column in mixed)
                    column.Mix(row, neighbours[row], munge, random);
            }

            int[] taken = wanted - made >= rows ? [.. Enumerable.Range(0, rows)] : [.. random.Permutation(rows).Take((int)(wanted - made)).Select(row => (int)row).Order()];
            foreach (var column in columns)
                column.Make(taken);
        }

        return new MungedView(columns, wanted);
    }

    private static int Read(IDataView data, MungedColumn[] columns, Action checkCanceled)
    {
        using var cursor = data.GetRowCursor(columns.Select(column => column.Column));
        var readers = columns.Select(column => column.Reader(cursor)).ToArray();
        var rows = 0;
        for (; cursor.MoveNext(); rows++)
        {
            if (rows % RowsBetweenChecks == 0)
                checkCanceled();
            foreach (var read in readers)
                read();
        }

        foreach (var column in columns)
            column.Conclude();
        return rows;
    }

    private static long[] Neighbours(MungedColumn[] columns, int rows, Munge munge, Generator random, Action checkCanceled)
    {
        using var numbers = empty([rows, columns.Sum(column => column.Numbers)], dtype: float32, device: CPU);
        using var categories = empty([rows, columns.Sum(column => column.Categories)], dtype: int64, device: CPU);
        var (number, category) = (0, 0);
        foreach (var column in columns)
        {
            if (column.Numbers > 0)
                column.Compare(Memory.Of<float>(numbers), (int)numbers.shape[1], number);
            if (column.Categories > 0)
                column.Compare(Memory.Of<long>(categories), (int)categories.shape[1], category);
            (number, category) = (number + column.Numbers, category + column.Categories);
        }

        return munge.Neighbours(numbers, categories, random, checkCanceled);
    }
}
