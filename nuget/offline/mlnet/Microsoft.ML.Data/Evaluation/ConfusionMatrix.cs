using System.Globalization;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>How often each true class, the rows, was predicted as each class, the columns.</summary>
public sealed class ConfusionMatrix
{
    private readonly string[] _names;
    private readonly bool _isBinary;

    internal ConfusionMatrix(double[][] counts, string[] names, bool isBinary)
    {
        (Counts, _names, _isBinary) = (counts, names, isBinary);
        var classes = Enumerable.Range(0, counts.Length).ToArray();
        PerClassPrecision = classes.Select(c => Ratio(counts[c][c], counts.Sum(row => row[c]))).ToArray();
        PerClassRecall = classes.Select(c => Ratio(counts[c][c], counts[c].Sum())).ToArray();
    }

    public IReadOnlyList<double> PerClassPrecision { get; }

    public IReadOnlyList<double> PerClassRecall { get; }

    public IReadOnlyList<IReadOnlyList<double>> Counts { get; }

    public int NumberOfClasses => Counts.Count;

    public double GetCountForClassPair(int predictedClassIndicatorIndex, int actualClassIndicatorIndex)
    {
        const string rule = "Invalid index. Should be non-negative, less than the number of classes.";
        Contracts.CheckParam((uint)predictedClassIndicatorIndex < (uint)NumberOfClasses, nameof(predictedClassIndicatorIndex), rule);
        Contracts.CheckParam((uint)actualClassIndicatorIndex < (uint)NumberOfClasses, nameof(actualClassIndicatorIndex), rule);
        return Counts[actualClassIndicatorIndex][predictedClassIndicatorIndex];
    }

    public string GetFormattedConfusionTable()
    {
        // Long names stand in front of the rows alone, with their numbers; the columns then have the numbers.
        var longest = _isBinary ? 8 : 5;
        var inv = CultureInfo.InvariantCulture;
        var isLong = _names.Any(n => n.Length > longest);
        var digits = (NumberOfClasses - 1).ToString(inv).Length;
        var nameWidth = _names.Max(n => n.Length);
        var rows = isLong ? _names.Select((n, i) => $"{i.ToString(inv).PadLeft(digits)}. {n.PadLeft(nameWidth)}").ToArray() : _names;
        var columns = isLong ? _names.Select((_, i) => i.ToString(inv)).ToArray() : _names;
        var width = Math.Max(5, columns.Max(n => n.Length));
        var front = Math.Max(9, rows.Max(n => n.Length));
        var line = new string('=', (width + 3) * NumberOfClasses);

        var text = new StringBuilder();
        if (_isBinary)
        {
            var (positive, negative) = (Counts[0].Sum(), Counts[1].Sum());
            text.Append(inv, $"TEST POSITIVE RATIO:\t{positive / (positive + negative):F4} ({positive:F1}/({positive:F1}+{negative:F1}))");
        }
        text.AppendLine().AppendLine("Confusion table");
        text.Append(' ', front).AppendLine($" ||{line}");
        text.Append("PREDICTED".PadRight(front)).Append(" ||");
        foreach (var name in columns) text.Append(' ').Append(name.PadLeft(width)).Append(" |");
        text.AppendLine(" Recall");
        text.Append("TRUTH".PadRight(front)).AppendLine($" ||{line}");
        for (var row = 0; row < NumberOfClasses; row++)
        {
            text.Append(rows[row].PadLeft(front)).Append(" ||");
            foreach (var count in Counts[row]) text.Append(' ').Append(count.ToString("#,0.####", inv).PadLeft(width)).Append(" |");
            text.AppendLine(inv, $" {PerClassRecall[row]:F4}");
        }
        text.Append(' ', front).AppendLine($" ||{line}");
        text.Append("Precision".PadRight(front)).Append(" ||");
        foreach (var precision in PerClassPrecision) text.Append(precision.ToString("F4", inv).PadLeft(width + 1)).Append(" |");
        return text.AppendLine().ToString();
    }

    private static double Ratio(double part, double whole) => whole > 0 ? part / whole : 0;
}

file static class Lines
{
    public static void AppendLine(this StringBuilder text, IFormatProvider provider, FormattableString line) => text.AppendLine(line.ToString(provider));

    public static void Append(this StringBuilder text, IFormatProvider provider, FormattableString line) => text.Append(line.ToString(provider));
}
