using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Tables;
using Retort.Cli.Training;

namespace Retort.Cli.Metrics;

/// <summary>How a model treats the groups of protected columns, from a view with the label as the file has it.</summary>
internal static class Fairness
{
    /// <param name="ml">The context.</param>
    /// <param name="scored">A view with the model's prediction columns, the label and the protected columns.</param>
    /// <param name="task">What was predicted.</param>
    /// <param name="label">The label as the file has it: text, number or Boolean.</param>
    /// <param name="guarded">The protected columns, at least one.</param>
    /// <param name="seed">Where draws begin.</param>
    public static FairnessMetrics Of(MLContext ml, IDataView scored, LearningTask task, string label, IReadOnlyList<string> guarded, int seed)
    {
        var (rows, own) = EvaluationLabel.Of(ml, scored, task, label);
        return ml.EvaluateFairness(rows, guarded, labelColumnName: own, seed: seed);
    }

    /// <summary>The protected columns that were asked for.</summary>
    /// <exception cref="UsageException">The label is among them.</exception>
    public static string[] Named(Table table, IEnumerable<string> asked, string label)
    {
        string[] guarded = [.. asked.SelectMany(names => Plan.Named(table, names)).Distinct()];
        return guarded.Contains(label) ? throw new UsageException($"Option --protected must not name the label, but names '{label}'.") : guarded;
    }

    /// <summary>How the text loader must read protected columns that nothing else reads.</summary>
    /// <param name="table">The file.</param>
    /// <param name="guarded">The protected columns.</param>
    /// <param name="read">What is read anyway.</param>
    public static IEnumerable<(string Name, DataKind Kind)> Columns(Table table, IEnumerable<string> guarded, IReadOnlyCollection<(string Name, DataKind Kind)> read) => guarded
        .Where(name => read.All(column => column.Name != name))
        .Select(name => (name, table[name] switch
        {
            { Kind: ColumnKind.Number } => DataKind.Single,
            { Kind: ColumnKind.Bool, Missing: 0 } => DataKind.Boolean,
            _ => DataKind.String,
        }));
}
