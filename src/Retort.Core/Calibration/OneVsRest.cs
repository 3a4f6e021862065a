namespace Retort;

/// <summary>A calibration of one number, for several classes: each class against the rest, and the results made to add up to 1.</summary>
/// <remarks>The number is the class's odds against all others, <c>p / (1 - p)</c>, or their logarithm. Two classes need one function, that of the second class. Where all classes get 0, all are equally likely.</remarks>
public abstract record OneVsRest : Calibration
{
    /// <inheritdoc/>
    public sealed override bool KeepsArgMax => false;

    /// <summary>The function of one class.</summary>
    private protected abstract OddsMap Learn(OddsColumn column);

    /// <summary>The function that numbers describe.</summary>
    /// <exception cref="ArgumentException">The numbers are not those of such a function.</exception>
    private protected abstract OddsMap Read(double[] numbers);

    private protected sealed override Calibrator Learn(CalibrationRows rows)
    {
        var classes = rows.Classes;
        var first = classes == 2 ? 1 : 0;
        var odds = new double[classes - first][];
        for (var k = first; k < classes; k++)
            odds[k - first] = GC.AllocateUninitializedArray<double>(rows.Count);
        Span<double> row = new double[classes];
        for (var i = 0; i < rows.Count; i++)
        {
            rows.Row(i).CopyTo(row);
            ToOdds(row);
            for (var k = first; k < classes; k++)
                odds[k - first][i] = row[k];
        }

        var memory = new OddsMemory(rows.Count);
        return new Scaler(this, classes, [.. odds.Select((own, k) => Learn(new OddsColumn(own, rows, first + k, memory)))]);
    }

    private protected sealed override Calibrator ReadNumbers(BinaryReader reader, int classes)
    {
        var maps = new List<OddsMap>();
        for (var k = classes == 2 ? 1 : 0; k < classes; k++)
            maps.Add(Read(Calibrator.ReadAll(reader, null)));
        return new Scaler(this, classes, [.. maps]);
    }

    /// <summary>A row's logits, the largest of which is 0, become each class's odds against all others, in place; of two classes only the second's.</summary>
    private static void ToOdds(Span<double> row)
    {
        if (row.Length == 2)
        {
            row[1] = Math.Exp(row[1] - row[0]);
            return;
        }

        TensorPrimitives.Exp(row, row);
        var top = 0;
        while (row[top] != 1)
            top++;
        row[top] = 0;
        var others = TensorPrimitives.Sum<double>(row); // of all but the largest, which is 1: no difference of near numbers
        for (var k = 0; k < row.Length; k++)
            row[k] /= 1 + others - row[k];
        row[top] = 1 / others;
    }

    private sealed class Scaler(OneVsRest calibration, int classes, OddsMap[] maps) : Calibrator(calibration, classes)
    {
        private protected override void Change(Span<double> row)
        {
            ToOdds(row);
            if (row.Length == 2)
            {
                row[1] = maps[0].At(row[1]);
                row[0] = 1 - row[1];
                return;
            }

            var sum = 0.0;
            for (var k = 0; k < row.Length; k++)
                sum += row[k] = maps[k].At(row[k]);
            if (sum > 0)
                TensorPrimitives.Divide(row, sum, row);
            else
                row.Fill(1.0 / row.Length);
        }

        private protected override OnnxValue Change(OnnxValue rows, IReadOnlyList<OnnxValue> copies)
        {
            if (Classes == 2)
            {
                var p = maps[0].At((rows.Slice(1, 1, 2) - rows.Slice(1, 0, 1)).Exp());
                return OnnxValue.Join([-p + 1, p], 1);
            }

            var each = rows.Exp();
            var others = each.MatMul(each.Graph.Constant([.. Enumerable.Range(0, Classes * Classes).Select(i => i / Classes == i % Classes ? 0.0 : 1)], Classes, Classes)); // no difference of near numbers
            var odds = each / others;
            var found = OnnxValue.Join([.. maps.Select((map, k) => map.At(odds.Slice(1, k, k + 1)))], 1);
            var sum = found.Sum(1, keeps: true);
            var none = sum * 0;
            return none.IsLess(sum).Choose(found / sum, none + 1.0 / Classes + found * 0);
        }

        private protected override void WriteNumbers(BinaryWriter writer)
        {
            foreach (var map in maps)
                Write(writer, map.Numbers);
        }
    }
}
