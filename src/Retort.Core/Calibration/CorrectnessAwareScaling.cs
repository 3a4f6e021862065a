using Microsoft.ML.SearchSpace;

namespace Retort;

/// <summary>A temperature for each row, which raises the confidence of rows that look right and lowers that of rows that look wrong, judged by how the network answers noisy copies of the row.</summary>
/// <remarks>
/// <c>p = softmax(z / T)</c> with <c>T = softplus(MLP(v))</c>, trained by the least <c>mean w |max p - 1{argmax z = y}|^Exponent</c>. v holds the probabilities of the row and of <see cref="Copies"/> copies of it, of the row's own
/// likeliest <see cref="Top"/> classes, likeliest first. Cross-entropy would raise the true class wherever it stands; this looks only at whether the decision was right. Since a row cannot show that by itself, the copies do: where their
/// answers differ, T grows.
/// After: Optimizing Calibration by Gaining Aware of Prediction Correctness, Liu, Wang, Zou, Zou and Zheng, 2024, https://arxiv.org/abs/2404.13016, known to us from its summary. Ours: the exponent, the number and kind of the copies (a table's
/// row with noise, where the source turns and tints images), the cut to <see cref="Top"/> classes, one hidden layer of ReLUs, the start at the one best temperature (so the loss is never above that of
/// <see cref="TemperatureScaling"/>), full-batch Adam (rate 0.01) that keeps its best step, and T between the same ends as there.
/// Learning reads all rows once an epoch. Only for networks of ours, which can be asked about copies; with Copies = 0 for any scores.
/// </remarks>
[Method("ca", Title = "Optimizing Calibration by Gaining Aware of Prediction Correctness", Authors = "Liu, Wang, Zou, Zou and Zheng", Year = 2024,
    Link = "https://arxiv.org/abs/2404.13016", Tasks = LearningTasks.Classification, Needs = Needs.NoisyCopies)]
public sealed record CorrectnessAwareScaling : Calibration
{
    /// <summary>How many noisy copies of a row are scored beside it. In [0, 64]; default 4.</summary>
    [Range(0, 16, 4)]
    public int Copies { get; init; } = 4;

    /// <summary>The deviation of the normal noise that a copy's numbers get, in units of the column's own deviation. At least 0; default 0.1.</summary>
    [Range(0.01, 1.0, 0.1, true)]
    public double Noise { get; init; } = 0.1;

    /// <summary>How many of the row's likeliest classes are looked at, at most. In [1, 16]; default 4.</summary>
    [Range(1, 8, 4)]
    public int Top { get; init; } = 4;

    /// <summary>How many hidden units the network of T has. In [1, 256]; default 16.</summary>
    [Range(4, 64, 16, true)]
    public int Hidden { get; init; } = 16;

    /// <summary>How often it sees all rows. At least 0; default 100.</summary>
    [Range(20, 500, 100, true)]
    public int Epochs { get; init; } = 100;

    /// <summary>The exponent of the loss: 2 is the Brier score of the confidence. In [1, 4]; default 2.</summary>
    [Range(1.0, 4.0, 2.0)]
    public double Exponent { get; init; } = 2;

    /// <inheritdoc/>
    public override bool KeepsArgMax => true;

    internal override int CopiesOfRows => Copies;

    internal override double NoiseOfCopies => Noise;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check.InRange(Copies, 0, 64);
        Check.AtLeast(Noise, 0);
        Check.InRange(Top, 1, 16);
        Check.InRange(Hidden, 1, 256);
        Check.AtLeast(Epochs, 0);
        Check.InRange(Exponent, 1, 4);
    }

    private int Features(int classes) => (Copies + 1) * Math.Min(Top, classes);

    private protected override Calibrator Learn(CalibrationRows rows) => new Scaler(this, rows.Classes, new Search(this, rows).Parameters());

    private protected override Calibrator ReadNumbers(BinaryReader reader, int classes) =>
        new Scaler(this, classes, Calibrator.ReadAll(reader, Hidden * (Features(classes) + 2) + 1));

    /// <summary>Probabilities of the row's likeliest classes, from its own logits and from those of its copies.</summary>
    private void Look(ReadOnlySpan<double> row, ReadOnlySpan<double> copies, Span<double> features)
    {
        var top = Math.Min(Top, row.Length);
        Span<int> likeliest = stackalloc int[top];
        var count = 0;
        for (var k = 0; k < row.Length; k++)
        {
            if (count == top && row[k] <= row[likeliest[top - 1]])
                continue;
            count = Math.Min(count + 1, top);
            var place = count - 1;
            for (; place > 0 && row[k] > row[likeliest[place - 1]]; place--)
                likeliest[place] = likeliest[place - 1];
            likeliest[place] = k;
        }

        for (var copy = -1; copy < Copies; copy++)
        {
            var logits = copy < 0 ? row : copies.Slice(copy * row.Length, row.Length);
            var most = TensorPrimitives.Max(logits);
            var sum = 0.0;
            foreach (var logit in logits)
                sum += Math.Exp(logit - most);
            for (var i = 0; i < top; i++)
                features[(copy + 1) * top + i] = Math.Exp(logits[likeliest[i]] - most) / sum;
        }
    }

    /// <summary>From the network's output to a temperature within its ends.</summary>
    private static double Temperature(double output) => Math.Clamp(Math.Max(output, 0) + Math.Log(1 + Math.Exp(-Math.Abs(output))), TemperatureScaling.Least, TemperatureScaling.Most);

    /// <summary>Parameters: the hidden units' weights [hidden × features] and offsets [hidden], the output's weights [hidden] and offset.</summary>
    private sealed class Search
    {
        private const int Block = 512;
        private const double Rate = 0.01, Beta1 = 0.9, Beta2 = 0.999;

        private readonly CorrectnessAwareScaling _calibration;
        private readonly CalibrationRows _rows;
        private readonly double[][] _features; // [features][rows]
        private readonly double[] _parameters, _gradient, _hidden, _back, _output, _weights;
        private readonly int _count, _units;

        public Search(CorrectnessAwareScaling calibration, CalibrationRows rows)
        {
            (_calibration, _rows, _count, _units) = (calibration, rows, calibration.Features(rows.Classes), calibration.Hidden);
            _features = new double[_count][];
            for (var f = 0; f < _count; f++)
                _features[f] = new double[rows.Count];
            var own = new double[_count];
            for (var row = 0; row < rows.Count; row++)
            {
                calibration.Look(rows.Row(row), rows.CopiesOf(row), own);
                for (var f = 0; f < _count; f++)
                    _features[f][row] = own[f];
            }

            var total = rows.TotalWeight;
            _weights = new double[rows.Count];
            for (var row = 0; row < rows.Count; row++)
                _weights[row] = rows.Weight(row) / total;

            _parameters = new double[_units * (_count + 2) + 1];
            _gradient = new double[_parameters.Length];
            var random = new Generator(1);
            for (var i = 0; i < _units * _count; i++)
                _parameters[i] = random.Normal() * Math.Sqrt(2.0 / _count);
            var start = TemperatureScaling.Search(rows);
            _parameters[^1] = start > 30 ? start : Math.Log(Math.Exp(start) - 1); // whose softplus it is
            (_hidden, _back, _output) = (new double[_units * Block], new double[Block], new double[Block]);
        }

        public double[] Parameters()
        {
            var (first, second) = (new double[_parameters.Length], new double[_parameters.Length]);
            var (best, least) = ((double[])_parameters.Clone(), double.PositiveInfinity);
            for (var epoch = 0; epoch <= _calibration.Epochs; epoch++)
            {
                var loss = Objective();
                if (loss < least)
                {
                    least = loss;
                    _parameters.CopyTo(best, 0);
                }

                for (var i = 0; i < _parameters.Length; i++)
                {
                    first[i] += (1 - Beta1) * (_gradient[i] - first[i]);
                    second[i] += (1 - Beta2) * (_gradient[i] * _gradient[i] - second[i]);
                    _parameters[i] -= Rate * first[i] / (1 - Math.Pow(Beta1, epoch + 1)) / (Math.Sqrt(second[i] / (1 - Math.Pow(Beta2, epoch + 1))) + 1e-8);
                }
            }

            return best;
        }

        /// <summary>The loss of all rows, and its gradient.</summary>
        private double Objective()
        {
            Array.Clear(_gradient);
            var (offsets, outward) = (_units * _count, _units * (_count + 1));
            var loss = 0.0;
            for (var start = 0; start < _rows.Count; start += Block)
            {
                var count = Math.Min(Block, _rows.Count - start);
                var output = _output.AsSpan(0, count);
                output.Fill(_parameters[^1]);
                for (var unit = 0; unit < _units; unit++)
                {
                    var hidden = _hidden.AsSpan(unit * Block, count);
                    hidden.Fill(_parameters[offsets + unit]);
                    for (var f = 0; f < _count; f++)
                        TensorPrimitives.MultiplyAdd(_features[f].AsSpan(start, count), _parameters[unit * _count + f], hidden, hidden);
                    TensorPrimitives.Max(hidden, 0, hidden);
                    TensorPrimitives.MultiplyAdd(hidden, _parameters[outward + unit], output, output);
                }

                for (var i = 0; i < count; i++)
                {
                    var (own, slope) = Row(start + i, output[i]);
                    loss += _weights[start + i] * own;
                    output[i] = _weights[start + i] * slope;
                }

                _gradient[^1] += TensorPrimitives.Sum<double>(output);
                var back = _back.AsSpan(0, count);
                for (var unit = 0; unit < _units; unit++)
                {
                    var hidden = _hidden.AsSpan(unit * Block, count);
                    _gradient[outward + unit] += TensorPrimitives.Dot<double>(hidden, output);
                    for (var i = 0; i < count; i++)
                        back[i] = hidden[i] > 0 ? output[i] * _parameters[outward + unit] : 0;
                    _gradient[offsets + unit] += TensorPrimitives.Sum<double>(back);
                    for (var f = 0; f < _count; f++)
                        _gradient[unit * _count + f] += TensorPrimitives.Dot<double>(back, _features[f].AsSpan(start, count));
                }
            }

            return loss;
        }

        /// <summary>A row's loss, and its slope in the network's output.</summary>
        private (double Value, double Slope) Row(int row, double output)
        {
            var logits = _rows.Row(row);
            var temperature = Temperature(output);
            var top = TensorPrimitives.IndexOfMax<double>(logits);
            var (sum, mean) = (0.0, 0.0);
            foreach (var logit in logits)
            {
                var odds = Math.Exp((logit - logits[top]) / temperature);
                sum += odds;
                mean += odds * (logit - logits[top]);
            }

            var (confidence, right) = (1 / sum, top == _rows.Labels[row] ? 1 : 0);
            var gap = Math.Abs(confidence - right);
            var slope = _calibration.Exponent * Math.Pow(gap, _calibration.Exponent - 1) * (right == 1 ? -1 : 1) // of the confidence
                * confidence * (mean / sum) / (temperature * temperature) // of the temperature: a mean below 0 makes the confidence fall
                * (temperature is > TemperatureScaling.Least and < TemperatureScaling.Most ? Logits.Sigmoid(output) : 0);
            return (Math.Pow(gap, _calibration.Exponent), slope);
        }
    }

    private sealed class Scaler(CorrectnessAwareScaling calibration, int classes, double[] parameters) : Calibrator(calibration, classes)
    {
        private protected override void Change(Span<double> row) => Change(row, []);

        private protected override void Change(Span<double> row, Span<double> copies)
        {
            var (count, units) = (calibration.Features(Classes), calibration.Hidden);
            Span<double> features = stackalloc double[count];
            calibration.Look(row, copies, features);
            var output = parameters[^1];
            for (var unit = 0; unit < units; unit++)
            {
                var hidden = TensorPrimitives.Dot(parameters.AsSpan(unit * count, count), features) + parameters[units * count + unit];
                output += Math.Max(hidden, 0) * parameters[units * (count + 1) + unit];
            }

            Logits.Softmax(row, 1 / Temperature(output));
        }

        private protected override OnnxValue Change(OnnxValue rows, IReadOnlyList<OnnxValue> copies)
        {
            var (graph, count, units) = (rows.Graph, calibration.Features(Classes), calibration.Hidden);
            var likeliest = rows.Likeliest(Math.Min(calibration.Top, Classes));
            var features = OnnxValue.Join([.. copies.Prepend(rows).Select(logits => logits.Softmax(1).At(likeliest, 1))], 1);
            var hidden = (features.MatMul(graph.Constant(parameters.AsSpan(0, units * count), units, count).Transpose(1, 0)) + graph.Constant(parameters.AsSpan(units * count, units), units)).Relu();
            var output = hidden.MatMul(graph.Constant(parameters.AsSpan(units * (count + 1), units), units, 1)) + parameters[^1];
            return (rows / output.Softplus().Clip(TemperatureScaling.Least, TemperatureScaling.Most)).Softmax(1);
        }

        private protected override void WriteNumbers(BinaryWriter writer) => Write(writer, parameters);
    }
}
