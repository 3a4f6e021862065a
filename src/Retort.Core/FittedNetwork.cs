using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Retort;

/// <summary>Everything that a fitted network is, as plain managed data: to save, to score with from any thread, with nothing to dispose.</summary>
internal sealed class FittedNetwork
{
    private const int Version = 3, OldestVersion = 2;

    /// <summary>A calibrated logit lies within this.</summary>
    public const double LargestLogit = 30;

    private readonly NetworkGraph _graph;
    private readonly Lazy<Tensor[]> _layers;
    private string? _fingerprint;

    public FittedNetwork(LearningTask task, Network architecture, NetworkShape shape, float[] parameters, OutputLink? link = null, Calibrator? calibrator = null, float[]? noise = null)
    {
        (Task, Architecture, Shape, Parameters, Link, Calibrator, Noise) = (task, architecture, shape, parameters, link ?? OutputLink.Identity, calibrator, noise ?? []);
        shape.Validate();
        _graph = architecture.Build(shape);
        if (parameters.Length != _graph.Layout.Count)
            throw Check.Wrong("The number of parameters", $"be {_graph.Layout.Count}", $"{parameters.Length}");
        if (Noise.Length != Copies * Features)
            throw Check.Wrong("The number of numbers of noise", $"be {Copies * Features}", $"{Noise.Length}");
        _layers = new(NativeCopy);
    }

    public LearningTask Task { get; }

    public Network Architecture { get; }

    public NetworkShape Shape { get; }

    public int Features => Shape.Features;

    public IReadOnlyList<int> Cardinalities => Shape.Cardinalities;

    /// <summary>1 logit for binary, one a class for multiclass, in regression 1 value or what <see cref="Link"/> asks for. The network itself has as many for each set that the link joins.</summary>
    public int Outputs => Shape.Outputs / Link.Sets;

    /// <summary>The flat buffer. In regression the label's mean and deviation are folded into the head where the output is the value.</summary>
    public float[] Parameters { get; }

    public OutputLink Link { get; }

    /// <summary>What makes probabilities of logits; null for the softmax.</summary>
    public Calibrator? Calibrator { get; }

    /// <summary>What is added to a row's features to make its copies, [copies × features], where the calibrator looks at copies.</summary>
    public float[] Noise { get; }

    /// <summary>How it computes.</summary>
    public NetworkGraph Graph => _graph;

    /// <summary>The fingerprint of the weights that its run began from; empty where nobody knows, as of a network that an earlier version saved.</summary>
    public string Origin { get; init; } = "";

    /// <summary>What the label was scaled by in training; folded into the head or kept in <see cref="Link"/>.</summary>
    public Scale Scale { get; init; } = Scale.None;

    /// <summary>The SHA-256 of the weights; of a network whose classes were brought into another order still that from before.</summary>
    public string Fingerprint => _fingerprint ?? FingerprintOf(Parameters);

    /// <summary>The SHA-256 of weights, as 64 hexadecimal digits in capitals.</summary>
    public static string FingerprintOf(ReadOnlySpan<float> weights) => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(weights)));

    /// <summary>The same network with a calibrator of its logits.</summary>
    public FittedNetwork With(Calibrator calibrator, float[] noise) => new(Task, Architecture, Shape, Parameters, Link, calibrator, noise) { Origin = Origin, Scale = Scale };

    /// <summary>A network of the same shape with other weights, without calibrator.</summary>
    public FittedNetwork With(float[] parameters) => new(Task, Architecture, Shape, parameters, Link) { Origin = Origin, Scale = Scale };

    /// <summary>The same network with its classes in another order, without calibrator.</summary>
    /// <param name="order">For each class its place until now.</param>
    public FittedNetwork InOrder(int[] order)
    {
        float[] parameters = [.. Parameters];
        var (weights, biases) = (_graph.Layout.Slots[^2], _graph.Layout.Slots[^1]);
        foreach (var (slot, width) in ((ParameterSlot, int)[])[(weights, (int)weights.Shape[^1]), (biases, 1)]) // of members, a block each
            for (var i = 0; i < slot.Count / width; i++)
                Parameters.AsSpan(slot.Offset + (i - i % order.Length + order[i % order.Length]) * width, width).CopyTo(parameters.AsSpan(slot.Offset + i * width));
        var ordered = With(parameters);
        ordered._fingerprint = Fingerprint;
        return ordered;
    }

    /// <exception cref="ArgumentException">A run of such a network and rows cannot begin from these weights.</exception>
    public void CheckBegins(LearningTask task, Network architecture, NetworkShape shape)
    {
        if (Task != task)
            throw Check.Wrong("The task of the start", $"be {task} as that of the trainer", $"{Task}");
        if (Architecture.WithoutDropout != architecture.WithoutDropout)
            throw Check.Wrong("The network of the start", $"be that of the recipe but for its Dropout, {architecture}", $"{Architecture}");
        if (Shape.Features != shape.Features || !Shape.Cardinalities.SequenceEqual(shape.Cardinalities) || Shape.Outputs != shape.Outputs)
            throw Check.Wrong("The shape of the start", $"be that of the rows, {shape.Say()}", Shape.Say());
    }

    /// <summary>Outputs [rows, outputs] in the caller's scope, without gradient: logits before any calibration, or in regression what <see cref="Finish"/> makes values of.</summary>
    /// <param name="features">float32 [rows, features].</param>
    /// <param name="categories">int64 [rows, columns]; null where there are none.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor Forward(Tensor features, Tensor? categories)
    {
        Check.Shape(features, $"[rows, {Features}]", features.dim() == 2 && features.shape[1] == Features);
        if (Cardinalities.Count > 0)
            Check.Shape(Check.Given(categories), $"[{features.shape[0]}, {Cardinalities.Count}]",
                categories!.dim() == 2 && categories.shape[0] == features.shape[0] && categories.shape[1] == Cardinalities.Count, nameof(categories));

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var oneThread = LibtorchThreads.One(); // the number of threads would change the last bits
        var outputs = MemberAverage.Of(Link.ToLogits(_graph.Forward(_layers.Value, features, categories, null)), _graph.Members, Task).MoveToOuterDisposeScope();
        GC.KeepAlive(this); // the native copies die with this object
        return outputs;
    }

    /// <summary>The last hidden block of rows, [rows, width], of members their mean, in the caller's scope.</summary>
    public Tensor Hidden(Tensor features, Tensor? categories)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var oneThread = LibtorchThreads.One();
        var hidden = _graph.Pass(_layers.Value, features, categories, null, withHead: false).Hidden;
        var mean = (_graph.Members == 1 ? hidden : hidden.view(-1, _graph.Members, hidden.shape[1]).mean([1])).MoveToOuterDisposeScope();
        GC.KeepAlive(this);
        return mean;
    }

    /// <summary>As <see cref="Forward"/>, with gradients at the features.</summary>
    public Tensor ForwardWithGradient(Tensor features, Tensor? categories)
    {
        var outputs = MemberAverage.Of(Link.ToLogits(_graph.Forward(_layers.Value, features, categories, null)), _graph.Members, Task);
        GC.KeepAlive(this);
        return outputs;
    }

    /// <summary>As <see cref="Forward"/>, for one row, without libtorch and without memory.</summary>
    /// <exception cref="ArgumentException">A length does not fit, or a category number is outside its column's range.</exception>
    public void ForwardRow(ReadOnlySpan<float> features, ReadOnlySpan<long> categories, Span<float> outputs)
    {
        if (features.Length != Features || categories.Length != Cardinalities.Count || outputs.Length != Outputs)
            throw new ArgumentException($"A row must have {Features} features, {Cardinalities.Count} categories and {Outputs} outputs, but has {features.Length}, {categories.Length} and {outputs.Length}.");
        for (var column = 0; column < categories.Length; column++)
            if (categories[column] < 0 || categories[column] > Cardinalities[column])
                throw Check.Wrong($"Category {column} of the row", $"lie in [0, {Cardinalities[column]}]", $"{categories[column]}");
        ForwardRow(Parameters, features, categories, outputs);
    }

    /// <summary>As <see cref="ForwardRow(ReadOnlySpan{float}, ReadOnlySpan{long}, Span{float})"/>, by other weights, and without checks.</summary>
    public void ForwardRow(ReadOnlySpan<float> weights, ReadOnlySpan<float> features, ReadOnlySpan<long> categories, Span<float> outputs)
    {
        if (_graph.Members == 1 && Link.Sets == 1)
        {
            _graph.ForwardRow(weights, features, categories, outputs);
            Link.ToLogits(outputs, outputs);
            return;
        }

        var raw = _graph.Members * Shape.Outputs;
        var rented = ArrayPool<float>.Shared.Rent(raw + _graph.Members * Outputs);
        var all = rented.AsSpan(0, raw);
        var members = rented.AsSpan(raw, _graph.Members * Outputs);
        _graph.ForwardRow(weights, features, categories, all);
        for (var member = 0; member < _graph.Members; member++)
            Link.ToLogits(all.Slice(member * Shape.Outputs, Shape.Outputs), members.Slice(member * Outputs, Outputs));
        if (_graph.Members == 1)
            members.CopyTo(outputs);
        else
            MemberAverage.Of(members, outputs, Task);
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>What is served for rows, [rows × outputs]: class probabilities; of two classes a logit, within ±30 after calibration; or values in the label's unit.</summary>
    /// <param name="features">float32 [rows, features].</param>
    /// <param name="categories">int64 [rows, columns]; null where there are none.</param>
    /// <param name="served">As many numbers as there are rows and outputs.</param>
    public void Score(Tensor features, Tensor? categories, Span<float> served)
    {
        using var scope = NewDisposeScope();
        var rows = served.Length / Outputs;
        Memory.Of<float>(Forward(features, categories).contiguous()).CopyTo(served);
        var copies = new float[Copies * served.Length]; // those of a row together
        for (var copy = 0; copy < Copies; copy++)
        {
            var noisy = Memory.Of<float>(Forward(features + Memory.Copy(NoiseOf(copy)), categories).contiguous());
            for (var row = 0; row < rows; row++)
                noisy.Slice(row * Outputs, Outputs).CopyTo(copies.AsSpan((row * Copies + copy) * Outputs));
        }

        for (var row = 0; row < rows; row++)
            Finish(served.Slice(row * Outputs, Outputs), copies.AsSpan(row * Copies * Outputs, Copies * Outputs));
    }

    /// <summary>As <see cref="Score"/>, for one row and without libtorch.</summary>
    public void ScoreRow(ReadOnlySpan<float> features, ReadOnlySpan<long> categories, Span<float> served)
    {
        ForwardRow(features, categories, served);
        if (Copies == 0)
        {
            Finish(served);
            return;
        }

        var rented = ArrayPool<float>.Shared.Rent(Features + Copies * Outputs);
        var noisy = rented.AsSpan(0, Features);
        var copies = rented.AsSpan(Features, Copies * Outputs);
        for (var copy = 0; copy < Copies; copy++)
        {
            TensorPrimitives.Add(features, NoiseOf(copy), noisy);
            ForwardRow(noisy, categories, copies.Slice(copy * Outputs, Outputs));
        }

        Finish(served, copies);
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>A row of <see cref="Forward"/> becomes, in place, what is served.</summary>
    /// <param name="outputs">The row [outputs].</param>
    /// <param name="copies">The same of the row's noisy copies [copies × outputs].</param>
    public void Finish(Span<float> outputs, ReadOnlySpan<float> copies = default)
    {
        if (Task == LearningTask.Regression)
            Link.ToValues(outputs);
        else if (Calibrator is not null)
            Calibrate(outputs, copies);
        else if (Task == LearningTask.Multiclass)
            Logits.Softmax(outputs);
    }

    private int Copies => Calibrator?.Calibration.CopiesOfRows ?? 0;

    private ReadOnlySpan<float> NoiseOf(int copy) => Noise.AsSpan(copy * Features, Features);

    private void Calibrate(Span<float> outputs, ReadOnlySpan<float> copies)
    {
        var classes = Calibrator!.Classes;
        Span<double> numbers = classes * (1 + Copies) <= 256 ? stackalloc double[classes * (1 + Copies)] : new double[classes * (1 + Copies)];
        ToLogits(outputs, numbers[..classes]);
        for (var copy = 0; copy < Copies; copy++)
            ToLogits(copies.Slice(copy * Outputs, Outputs), numbers.Slice((copy + 1) * classes, classes));
        var row = numbers[..classes];
        var others = numbers[classes..];
        if (Task == LearningTask.Multiclass)
        {
            Calibrator.Apply(row, others, outputs);
            return;
        }

        Calibrator.Apply(row, others);
        outputs[0] = (float)Math.Clamp(Math.Log(row[1]) - Math.Log(row[0]), -LargestLogit, LargestLogit);
    }

    /// <summary>Of two classes the logits (0, z).</summary>
    private void ToLogits(ReadOnlySpan<float> outputs, Span<double> logits)
    {
        logits[0] = 0;
        for (var i = 0; i < outputs.Length; i++)
            logits[logits.Length - outputs.Length + i] = outputs[i];
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Version);
        writer.Write((int)Task);
        writer.Write(MethodJson.Write(Architecture));
        writer.Write(Features);
        writer.Write(Cardinalities.Count);
        foreach (var cardinality in Cardinalities)
            writer.Write(cardinality);
        writer.Write(Shape.Outputs);
        writer.Write(Origin);
        writer.Write(Scale.Mean);
        writer.Write(Scale.Deviation);
        Link.Write(writer);
        writer.Write(Calibrator is not null);
        Calibrator?.Write(writer);
        foreach (var number in Noise)
            writer.Write(number);
        writer.Write(Parameters.Length);
        foreach (var parameter in Parameters)
            writer.Write(parameter);
    }

    /// <exception cref="InvalidDataException">The data is not what <see cref="Write"/> writes, or ends early.</exception>
    public static FittedNetwork Read(BinaryReader reader)
    {
        try
        {
            var version = reader.ReadInt32();
            if (version is < OldestVersion or > Version)
                throw Check.Wrong("The version of a saved network", $"lie in [{OldestVersion}, {Version}]", $"{version}");
            var task = (LearningTask)reader.ReadInt32();
            Check.Defined(task);
            var architecture = MethodJson.Read<Network>(reader.ReadString());
            architecture.Validate();
            var features = reader.ReadInt32();
            var cardinalities = new List<int>();
            for (var columns = reader.ReadInt32(); cardinalities.Count < columns;)
                cardinalities.Add(reader.ReadInt32());
            var shape = new NetworkShape(features, cardinalities, reader.ReadInt32());
            shape.Validate();

            var (origin, scale) = version == OldestVersion ? ("", Scale.None) : (reader.ReadString(), ReadScale(reader));
            var link = OutputLink.Read(reader, shape.Outputs);
            var calibrator = reader.ReadBoolean() ? Calibrator.Read(reader) : null;
            if (calibrator is not null && (task == LearningTask.Regression || calibrator.Classes != (task == LearningTask.Binary ? 2 : shape.Outputs / link.Sets)))
                throw Check.Wrong("The number of a saved calibrator's classes", "be that of the network", $"{calibrator.Classes}");
            var noise = ReadNumbers(reader, checked((calibrator?.Calibration.CopiesOfRows ?? 0) * features));
            var (count, expected) = (reader.ReadInt32(), architecture.Build(shape).Layout.Count);
            if (count != expected)
                throw Check.Wrong("The number of saved parameters", $"be {expected}", $"{count}");
            return new(task, architecture, shape, ReadNumbers(reader, count), link, calibrator, noise) { Origin = origin, Scale = scale };
        }
        catch (Exception e) when (e is ArgumentException or EndOfStreamException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"A saved network must be whole, but this one is not: {e.Message}", e);
        }
    }

    private static Scale ReadScale(BinaryReader reader)
    {
        var scale = new Scale(reader.ReadDouble(), reader.ReadDouble());
        return double.IsFinite(scale.Mean) && scale.Deviation > 0 && double.IsFinite(scale.Deviation) ? scale : throw Check.Wrong("The scale of a saved network's label", "be finite and more than 0", scale.ToString());
    }

    // in pieces: a length that lies costs no more memory than there is data
    private static float[] ReadNumbers(BinaryReader reader, int count)
    {
        var numbers = new List<float>();
        while (numbers.Count < count)
        {
            var piece = new float[Math.Min(count - numbers.Count, 1 << 16)];
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(piece.AsSpan()));
            numbers.AddRange(piece);
        }

        return numbers.All(float.IsFinite) ? [.. numbers] : throw new FormatException("A parameter must be finite, but one is not.");
    }

    private Tensor[] NativeCopy()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return [.. _graph.Layout.Views(Memory.Copy(Parameters)).Select(layer => layer.DetachFromDisposeScope())];
    }
}
