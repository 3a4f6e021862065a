using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Tables;

namespace Retort.Cli.Metrics;

/// <summary>The label of a file in the form that measures take: Boolean, key, number.</summary>
internal static class EvaluationLabel
{
    /// <param name="ml">The context.</param>
    /// <param name="rows">A view with the label as the file has it: text, number or Boolean.</param>
    /// <param name="task">What is predicted.</param>
    /// <param name="label">The label's name.</param>
    /// <returns>The rows that have a label, and the name of the column that holds it.</returns>
    public static (IDataView Rows, string Name) Of(MLContext ml, IDataView rows, LearningTask task, string label)
    {
        var own = Names.Free("Label", rows.Schema.Select(column => column.Name));
        switch (task)
        {
            case LearningTask.Binary when rows.Schema[label].Type is not BooleanDataViewType:
                var known = ml.Data.FilterRowsByMissingValues(rows, label); // a Boolean cannot say that it has none
                return (ml.Transforms.Conversion.ConvertType(own, label, DataKind.Boolean).Fit(known).Transform(known), own);
            case LearningTask.Multiclass:
                return (ml.Transforms.Conversion.MapValueToKey(own, label).Fit(rows).Transform(rows), own);
            default:
                return (rows, label);
        }
    }
}
