using Microsoft.ML;
using Microsoft.ML.Data;
using Retort.Cli.Tables;

namespace Retort.Cli.Consumption;

/// <summary>What a consumption project is made of.</summary>
/// <param name="Model">The fitted model.</param>
/// <param name="Input">The columns of the data as the model scores it.</param>
/// <param name="Rows">Such data, for the portable model to be checked on; null for random rows alone.</param>
/// <param name="Label">The column that is predicted.</param>
/// <param name="LabelKind">What the text loader makes of it.</param>
/// <param name="Table">The table that the model learned from; null where it is not known.</param>
/// <param name="Run">How the model was made; null where that is not known.</param>
internal sealed record ConsumptionSource(ITransformer Model, DataViewSchema Input, IDataView? Rows, string Label, DataKind LabelKind, Table? Table, ConsumptionRun? Run);

/// <summary>How a model was made, for Model Builder's history.</summary>
/// <param name="Trainer">What was trained.</param>
/// <param name="Seed">Where random numbers began.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Metric">What it was measured by, in Model Builder's words.</param>
/// <param name="Score">The measure on the test rows.</param>
/// <param name="TestShare">The share of the rows that were test rows; null where they came from another file.</param>
/// <param name="OnCuda">Whether a GPU trained it.</param>
internal sealed record ConsumptionRun(string Trainer, int Seed, double Seconds, string Metric, double Score, double? TestShare, bool OnCuda);
