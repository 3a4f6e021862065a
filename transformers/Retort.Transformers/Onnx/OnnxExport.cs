using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace Retort;

/// <summary>A fitted network and the steps before it as one file of ONNX.</summary>
internal static class OnnxExport
{
    /// <summary>What a portable model's file gives in place of scores.</summary>
    public const string Margin = "RetortMargin";

    /// <summary>The number that is the score where there are quantiles: the one nearest to the median.</summary>
    public static int Median(OutputLink link) => link.Function == LinkFunction.Quantiles ? link.Points.Select((level, i) => (level, i)).MinBy(pair => Math.Abs(pair.level - 0.5)).i : 0;

    /// <summary>The network alone: its features and the numbers of its categories come in.</summary>
    public static void Write(NetworkTransformer network, Stream stream)
    {
        var graph = new OnnxGraph();
        var features = network.Fitted.Features == 0 ? null : graph.Input(network.FeatureColumnName, OnnxType.Float, network.Fitted.Features);
        OnnxValue[] categories = [.. network.CategoryColumnNames.Select(name => graph.Input(name, OnnxType.Int64, 1))];
        Finish(graph, network, features, categories, stream, []);
    }

    /// <summary>A whole model: the columns of the data come in.</summary>
    /// <param name="chain">The model.</param>
    /// <param name="data">Data as it scores.</param>
    /// <param name="stream">Where the file goes.</param>
    /// <param name="margin">What goes out in place of scores and labels, from what the network serves, and how many numbers that is; null for those.</param>
    /// <exception cref="NotSupportedException">A step has no form in ONNX.</exception>
    public static void Write(ModelChain chain, IDataView data, Stream stream, Func<OnnxValue, OnnxValue>? margin = null)
    {
        CalibrationTransformer[] calibrations = [.. chain.After.Where(step => step is not KeyToValueMappingTransformer).Select(Calibration)]; // labels go out as values anyway
        var preparation = Preparation.Of(chain, data);
        var graph = new OnnxGraph();
        var columns = preparation.Columns.ToDictionary(column => column, column => graph.Input(column.Column.Name, column.Type, column.Width));
        var features = chain.Network.Fitted.Features == 0 ? null : Features(graph, preparation.Features, columns);
        Finish(graph, chain.Network, features, [.. preparation.Categories.Select(slot => Category(graph, slot, columns))], stream, calibrations, margin);
    }

    private static void Finish(OnnxGraph graph, NetworkTransformer network, OnnxValue? features, OnnxValue[] categories, Stream stream, CalibrationTransformer[] calibrations, Func<OnnxValue, OnnxValue>? margin = null)
    {
        graph.Note("recipe", network.Model.Recipe.ToJson());
        if (network.Classes is { } classes)
            graph.Note("classes", JsonSerializer.Serialize(classes.Names)); // in the order of the scores
        var fitted = network.Fitted;
        var served = calibrations.Aggregate(OnnxScore.Of(fitted, graph, features, categories), Calibrated);
        if (margin is not null)
            graph.Output(Margin, margin(served), network.Model.Task == LearningTask.Multiclass ? fitted.Outputs : 1);
        switch (network.Model.Task)
        {
            case LearningTask.Binary or LearningTask.Multiclass when margin is not null:
                break;
            case LearningTask.Binary:
                graph.Output(ScoreNames.Score, served, 1);
                graph.Output(ScoreNames.Probability, served.Sigmoid(), 1);
                graph.Output(ScoreNames.PredictedLabel, (served * 0).IsLess(served), 1);
                break;
            case LearningTask.Multiclass:
                graph.Output(ScoreNames.Score, served, fitted.Outputs);
                graph.Output(ScoreNames.PredictedLabel, Names(graph, network).At(served.ArgMax(1)), 1);
                break;
            case LearningTask.Regression when fitted.Link.Function == LinkFunction.Quantiles:
                var median = Median(fitted.Link);
                if (margin is null)
                    graph.Output(ScoreNames.Score, served.Slice(1, median, median + 1), 1);
                graph.Output(ScoreNames.Quantiles, served, fitted.Link.Points.Count);
                break;
            default:
                if (margin is null)
                    graph.Output(ScoreNames.Score, served.Slice(1, 0, 1), 1);
                if (fitted.Link.Function == LinkFunction.MeanAndDeviation)
                    graph.Output(ScoreNames.StandardDeviation, served.Slice(1, 1, 2), 1);
                break;
        }

        graph.Write(stream);
    }

    /// <summary>A step behind the network as a calibration of what it serves.</summary>
    private static CalibrationTransformer Calibration(ITransformer step) => step switch
    {
        BinaryCalibrationTransformer { ScoreColumnName: ScoreNames.Score, Kind: ScoreKind.Logits } or BinaryCalibrationTransformer { ScoreColumnName: ScoreNames.Probability, Kind: ScoreKind.Probabilities } => (CalibrationTransformer)step,
        MulticlassCalibrationTransformer { ScoreColumnName: ScoreNames.Score } => (CalibrationTransformer)step,
        _ => throw new NotSupportedException($"Behind the network a model must have calibrations alone to be written as ONNX, but has a {step.GetType().Name}."),
    };

    private static OnnxValue Calibrated(OnnxValue served, CalibrationTransformer step)
    {
        var wide = served.To(OnnxType.Double);
        if (step is MulticlassCalibrationTransformer)
            return step.Calibrator.Apply(step.Kind == ScoreKind.Probabilities ? wide.Log() : wide, []).To(OnnxType.Float);
        return OnnxScore.ToLogit(step.Calibrator.Apply(OnnxScore.WithZero(wide), []));
    }

    /// <summary>What the classes are called: texts, numbers, or from 1 on where nobody said.</summary>
    private static OnnxValue Names(OnnxGraph graph, NetworkTransformer network)
    {
        var names = network.Classes?.Names ?? [.. Enumerable.Range(1, network.Fitted.Outputs).Select(number => number.ToString(CultureInfo.InvariantCulture))];
        if (network.Classes is { IsText: true })
            return graph.Constant(names);
        if (names.All(name => long.TryParse(name, CultureInfo.InvariantCulture, out _)))
            return graph.Constant([.. names.Select(name => long.Parse(name, CultureInfo.InvariantCulture))], names.Count);
        return names.All(name => float.TryParse(name, CultureInfo.InvariantCulture, out _))
            ? graph.Constant([.. names.Select(name => float.Parse(name, CultureInfo.InvariantCulture))], names.Count)
            : graph.Constant(names);
    }

    /// <summary>[rows, features]: lines, then what does not change, then tables, brought into the network's order.</summary>
    private static OnnxValue Features(OnnxGraph graph, IReadOnlyList<PreparedSlot> slots, Dictionary<RawColumn, OnnxValue> columns)
    {
        var (parts, order) = (new List<OnnxValue>(), new List<int>());
        var numbers = columns.Where(pair => !pair.Key.IsText).ToArray();
        var lines = Places<PreparedSlot.Line>();
        if (lines.Length > 0)
        {
            var (firsts, first) = (new Dictionary<RawColumn, int>(), 0);
            foreach (var (column, _) in numbers)
                (firsts[column], first) = (first, first + column.Width);
            var all = OnnxValue.Join([.. numbers.Select(pair => pair.Value.To(OnnxType.Float))], 1);
            var own = lines.Select(pair => pair.Slot).ToArray();
            var x = graph.Node("Gather", OnnxType.Float, [all, graph.Constant([.. own.Select(line => (long)firsts[line.Column] + line.Place)], own.Length)], ("axis", 1L));
            var y = (x - Row(own.Select(line => line.Slope == 0 ? 0 : line.Zero))) * Row(own.Select(line => line.Slope)) + Row(own.Select(line => line.Slope == 0 ? line.Zero : 0));
            parts.Add(x.IsNaN().Choose(graph.Node("Expand", OnnxType.Float, [Row(own.Select(line => line.Missing)), graph.Node("Shape", OnnxType.Int64, [x])]), y));
            order.AddRange(lines.Select(pair => pair.Place));
        }

        foreach (var group in Places<PreparedSlot.Table>().GroupBy(pair => pair.Slot.Column))
        {
            var texts = group.SelectMany(pair => pair.Slot.Known.Keys).Distinct().ToArray();
            var table = new float[(texts.Length + 1) * group.Count()];
            foreach (var (slot, column) in group.Select((pair, i) => (pair.Slot, i)))
                for (var text = -1; text < texts.Length; text++)
                    table[(text + 1) * group.Count() + column] = text < 0 ? slot.Other : slot.Known.GetValueOrDefault(texts[text], slot.Other);
            parts.Add(graph.Constant(table, texts.Length + 1, group.Count()).At(Number(graph, columns[group.Key], texts, [.. Enumerable.Range(1, texts.Length)], 0)).Reshape(-1, group.Count()));
            order.AddRange(group.Select(pair => pair.Place));
        }

        var constants = Places<PreparedSlot.Fixed>();
        if (constants.Length > 0)
        {
            var any = columns.Values.First();
            var rows = graph.Node("Slice", OnnxType.Int64, [graph.Node("Shape", OnnxType.Int64, [any]), graph.Constant([0L], 1), graph.Constant([1L], 1)]);
            var shape = OnnxValue.Join([rows, graph.Constant([(long)constants.Length], 1)], 0);
            parts.Add(graph.Node("Expand", OnnxType.Float, [Row(constants.Select(pair => pair.Slot.Value)), shape]));
            order.AddRange(constants.Select(pair => pair.Place));
        }

        var joined = OnnxValue.Join(parts, 1);
        long[] back = [.. Enumerable.Range(0, order.Count).Select(place => (long)order.IndexOf(place))];
        return graph.Node("Gather", OnnxType.Float, [joined, graph.Constant(back, back.Length)], ("axis", 1L));

        (T Slot, int Place)[] Places<T>() where T : PreparedSlot => [.. slots.Select((slot, place) => (Slot: slot as T, place)).Where(pair => pair.Slot is not null).Select(pair => (pair.Slot!, pair.place))];

        OnnxValue Row(IEnumerable<float> values) => graph.Constant([.. values], 1, values.Count());
    }

    private static OnnxValue Category(OnnxGraph graph, PreparedSlot slot, Dictionary<RawColumn, OnnxValue> columns) => slot switch
    {
        PreparedSlot.Line line => columns[line.Column],
        PreparedSlot.Table table => Number(graph, columns[table.Column], [.. table.Known.Keys], [.. table.Known.Values.Select(value => (int)value)], (int)table.Other),
        _ => throw new NotSupportedException("A category must follow from a column to be written as ONNX, but one is always the same."),
    };

    /// <summary>[rows, 1] texts to whole numbers.</summary>
    private static OnnxValue Number(OnnxGraph graph, OnnxValue texts, string[] known, int[] numbers, int other) =>
        graph.Node("ai.onnx.ml.LabelEncoder", OnnxType.Int64, [texts], ("keys_strings", known), ("values_int64s", numbers.Select(number => (long)number).ToArray()), ("default_int64", (long)other));
}
