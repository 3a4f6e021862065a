using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Tables;
using Retort.Cli.Training;

namespace Retort.Cli.Reports;

/// <summary>Which rows of a file a saved model has not learned from.</summary>
/// <param name="Test">The rows to measure it on.</param>
/// <param name="Train">Those that it learned from, where that is known.</param>
/// <param name="Origin">Where the rows come from.</param>
/// <param name="MayBeSeen">Whether it may have learned from some of <paramref name="Test"/>.</param>
internal sealed record KeptBack(IDataView Test, IDataView? Train, string Origin, bool MayBeSeen)
{
    /// <summary>The column whose rows <c>retort train</c> kept together, to be read as text; null for none.</summary>
    public static string? GroupOf(string model) => new Beside(Path.GetDirectoryName(Path.GetFullPath(model))!).Metrics?["provenance"]?["group"]?.ToString();

    /// <summary>The split of <c>retort train</c> once more, where metrics.json beside the model says that it learned from this very file.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="model">The model's file.</param>
    /// <param name="task">What it predicts.</param>
    /// <param name="table">The file of the rows.</param>
    /// <param name="label">The label.</param>
    /// <param name="rows">Its rows.</param>
    public static KeptBack Of(MLContext ml, string model, LearningTask task, Table table, string label, IDataView rows)
    {
        var name = Path.GetFileName(table.Path);
        var whole = new KeptBack(ml.Data.Cache(rows), null, $"those of {name}", MayBeSeen: true);
        var metrics = new Beside(Path.GetDirectoryName(Path.GetFullPath(model))!).Metrics;
        if (metrics?["provenance"] is not { } trained || metrics["label"]?.ToString() != label)
            return whole;
        if (trained["sha256"]?.ToString() != Provenance.Hash(table.Path))
            return whole with { MayBeSeen = false };
        var group = trained["group"]?.ToString();
        if (trained["test"] is not null || group is not null && rows.Schema.GetColumnOrNull(group)?.Type is not TextDataViewType)
            return whole;
        var split = TrainingTable.Split(ml, task == LearningTask.Binary && rows.Schema[label].Type is NumberDataViewType ? ml.Data.FilterRowsByMissingValues(rows, label) : rows, group, (int)trained["seed"]!);
        return new(ml.Data.Cache(split.TestSet), split.TrainSet, $"the rows of {name} that training kept back, drawn by its seed", MayBeSeen: false);
    }
}
