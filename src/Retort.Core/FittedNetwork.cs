using System.Buffers;
using System.Runtime.InteropServices;

namespace Retort;

/// <summary>Everything that a fitted network is, as plain managed data: to save, to score with from any thread, with nothing to dispose.</summary>
internal sealed class FittedNetwork
{
    private const int Version = 2;
    private const double LargestLogit = 30;

    private readonly NetworkGraph _graph;
    private readonly Lazy<Tensor[]> _layers;

    public FittedNetwork(LearningTask task, Network architecture, NetworkShape shape, float[] parameters, OutputLink? link = null, Calibrator? calibrator = null)
    {
        (Task, Architecture, Shape, Parameters, Link, Calibrator) = (task, architecture, shape, parameters, link ?? OutputLink.Identity, calibrator);
        shape.Validate();
        _graph = architecture.Build(shape);
        if (parameters.Length != _graph.Layout.Count)
            throw Check.Wrong("The number of parameters", $"be {_graph.Layout.Count}", $"{parameters.Length}");
        _layers = new(NativeCopy);
    }

    public LearningTask Task { get; }

    public Network Architecture { get; }

    public NetworkShape Shape { get; }

    public int Features => Shape.Features;

    public IReadOnlyList<int> Cardinalities => Shape.Cardinalities;

    /// <summary>1 logit for binary, one a class for multiclass, in regression 1 value or what <see cref="Link"/> asks for.</summary>
    public int Outputs => Shape.Outputs;

    /// <summary>The flat buffer. In regression the label's mean and deviation are folded into the head where the output is the value.</summary>
    public float[] Parameters { get; }

    public OutputLink Link { get; }

    /// <summary>What makes probabilities of logits; null for the softmax.</summary>
    public Calibrator? Calibrator { get; }

    /// <summary>The same network with a calibrator of its logits.</summary>
    public FittedNetwork With(Calibrator calibrator) => new(Task, Architecture, Shape, Parameters, Link, calibrator);

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

    /// <summary>As <see cref="Forward"/>, for one row, without libtorch and without memory.</summary>
    /// <exception cref="ArgumentException">A length does not fit, or a category number is outside its column's range.</exception>
    public void ForwardRow(ReadOnlySpan<float> features, ReadOnlySpan<long> categories, Span<float> outputs)
    {
        if (features.Length != Features || categories.Length != Cardinalities.Count || outputs.Length != Outputs)
            throw new ArgumentException($"A row must have {Features} features, {Cardinalities.Count} categories and {Outputs} outputs, but has {features.Length}, {categories.Length} and {outputs.Length}.");
        for (var column = 0; column < categories.Length; column++)
            if (categories[column] < 0 || categories[column] > Cardinalities[column])
                throw Check.Wrong($"Category {column} of the row", $"lie in [0, {Cardinalities[column]}]", $"{categories[column]}");
        if (_graph.Members == 1)
        {
            _graph.ForwardRow(Parameters, features, categories, outputs);
            Link.ToLogits(outputs);
            return;
        }

        var rented = ArrayPool<float>.Shared.Rent(_graph.Members * Outputs);
        var members = rented.AsSpan(0, _graph.Members * Outputs);
        _graph.ForwardRow(Parameters, features, categories, members);
        Link.ToLogits(members);
        MemberAverage.Of(members, outputs, Task);
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>A row of <see cref="Forward"/> becomes, in place, what is served: class probabilities; of two classes a logit, within ±30 after calibration; or values in the label's unit.</summary>
    public void Finish(Span<float> outputs)
    {
        if (Task == LearningTask.Regression)
            Link.ToValues(outputs);
        else if (Calibrator is not null)
            Calibrate(outputs);
        else if (Task == LearningTask.Multiclass)
            Logits.Softmax(outputs);
    }

    private void Calibrate(Span<float> outputs)
    {
        var classes = Calibrator!.Classes;
        Span<double> row = classes <= 64 ? stackalloc double[classes] : new double[classes];
        if (Task == LearningTask.Binary)
        {
            (row[0], row[1]) = (0, outputs[0]);
            Calibrator.Apply(row);
            outputs[0] = (float)Math.Clamp(Math.Log(row[1]) - Math.Log(row[0]), -LargestLogit, LargestLogit);
            return;
        }

        for (var i = 0; i < classes; i++)
            row[i] = outputs[i];
        Calibrator.Apply(row);
        for (var i = 0; i < classes; i++)
            outputs[i] = (float)row[i];
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
        writer.Write(Outputs);
        Link.Write(writer);
        writer.Write(Calibrator is not null);
        Calibrator?.Write(writer);
        writer.Write(Parameters.Length);
        foreach (var parameter in Parameters)
            writer.Write(parameter);
    }

    /// <exception cref="InvalidDataException">The data is not what <see cref="Write"/> writes, or ends early.</exception>
    public static FittedNetwork Read(BinaryReader reader)
    {
        try
        {
            if (reader.ReadInt32() is var version && version != Version)
                throw Check.Wrong("The version of a saved network", $"be {Version}", $"{version}");
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

            var link = OutputLink.Read(reader, shape.Outputs);
            var calibrator = reader.ReadBoolean() ? Calibrator.Read(reader) : null;
            if (calibrator is not null && (task == LearningTask.Regression || calibrator.Classes != (task == LearningTask.Binary ? 2 : shape.Outputs)))
                throw Check.Wrong("The number of a saved calibrator's classes", "be that of the network", $"{calibrator.Classes}");
            var (count, expected) = (reader.ReadInt32(), architecture.Build(shape).Layout.Count);
            if (count != expected)
                throw Check.Wrong("The number of saved parameters", $"be {expected}", $"{count}");
            return new(task, architecture, shape, ReadParameters(reader, count), link, calibrator);
        }
        catch (Exception e) when (e is ArgumentException or EndOfStreamException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"A saved network must be whole, but this one is not: {e.Message}", e);
        }
    }

    // in pieces: a length that lies costs no more memory than there is data
    private static float[] ReadParameters(BinaryReader reader, int count)
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
