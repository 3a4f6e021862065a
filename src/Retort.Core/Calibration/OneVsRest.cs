namespace Retort;

/// <summary>A calibration of one number, for several classes: each class against the rest, and the results made to add up to 1.</summary>
/// <remarks>The number is the log-odds of the class against all others, <c>ln p - ln(1 - p)</c>. Two classes need one function, that of the second class. Where all classes get 0, all are equally likely.</remarks>
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
        var odds = LogOdds(rows);
        return new Scaler(this, classes, [.. Enumerable.Range(classes == 2 ? 1 : 0, classes == 2 ? 1 : classes).Select(k => Learn(new OddsColumn(odds[k], rows, k)))]);
    }

    private protected sealed override Calibrator ReadNumbers(BinaryReader reader, int classes)
    {
        var maps = new List<OddsMap>();
        for (var k = classes == 2 ? 1 : 0; k < classes; k++)
            maps.Add(Read(Calibrator.ReadAll(reader, null)));
        return new Scaler(this, classes, [.. maps]);
    }

    /// <summary>[classes, rows]; of two classes only the second's.</summary>
    private static double[][] LogOdds(CalibrationRows rows)
    {
        var classes = rows.Classes;
        var odds = new double[classes][];
        for (var k = classes == 2 ? 1 : 0; k < classes; k++)
            odds[k] = new double[rows.Count];
        var row = new double[classes];
        for (var i = 0; i < rows.Count; i++)
        {
            rows.Row(i).CopyTo(row);
            if (classes == 2)
            {
                odds[1][i] = row[1] - row[0];
                continue;
            }

            LogOdds(row);
            for (var k = 0; k < classes; k++)
                odds[k][i] = row[k];
        }

        return odds;
    }

    /// <summary>A row's logits become log-odds, in place.</summary>
    private static void LogOdds(Span<double> row)
    {
        const int Few = 64;
        var top = TensorPrimitives.IndexOfMax<double>(row);
        var most = row[top];
        Span<double> few = stackalloc double[Few];
        TensorPrimitives.Subtract(row, most, row);
        if (row.Length <= Few)
        {
            var shares = few[..row.Length];
            TensorPrimitives.Exp<double>(row, shares);
            shares[top] = 0;
            var others = TensorPrimitives.Sum<double>(shares); // of all but the largest, which is 1: no difference of near numbers
            for (var k = 0; k < shares.Length; k++)
                shares[k] = k == top ? others : 1 + others - shares[k];
            TensorPrimitives.Log<double>(shares, shares);
            TensorPrimitives.Subtract<double>(row, shares, row);
            return;
        }

        var rest = 0.0;
        for (var k = 0; k < row.Length; k++)
            rest += k == top ? 0 : Math.Exp(row[k]);
        for (var k = 0; k < row.Length; k++)
            row[k] -= Math.Log(k == top ? rest : 1 + rest - Math.Exp(row[k]));
    }

    private sealed class Scaler(OneVsRest calibration, int classes, OddsMap[] maps) : Calibrator(calibration, classes)
    {
        private protected override void Change(Span<double> row)
        {
            if (row.Length == 2)
            {
                row[1] = maps[0].At(row[1] - row[0]);
                row[0] = 1 - row[1];
                return;
            }

            LogOdds(row);
            var sum = 0.0;
            for (var k = 0; k < row.Length; k++)
                sum += row[k] = maps[k].At(row[k]);
            if (sum > 0)
                TensorPrimitives.Divide(row, sum, row);
            else
                row.Fill(1.0 / row.Length);
        }

        private protected override void WriteNumbers(BinaryWriter writer)
        {
            foreach (var map in maps)
                Write(writer, map.Numbers);
        }
    }
}
