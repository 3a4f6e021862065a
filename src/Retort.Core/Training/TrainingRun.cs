using System.Runtime.InteropServices;

namespace Retort;

/// <summary>The state of one run: weights, gradients, optimizer, random streams and the best weights so far.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly Recipe _recipe;
    private readonly LearningTask _task;
    private readonly TaskData _train;
    private readonly TaskData? _validation;
    private readonly Scale _scale;
    private readonly NetworkShape _shape;
    private readonly NetworkGraph _graph;
    private readonly Loss _loss;
    private readonly Distillation? _distillation;
    private readonly Place _place;
    private readonly Tensor _parameters, _gradients;
    private readonly Backprop _network;
    private readonly BatchMemory? _batch;
    private readonly Tensor _outputGradient;
    private readonly Stepper _stepper;
    private readonly WeightAverage? _average;
    private readonly Generator _order, _dropout, _parts;
    private readonly PartState _state = new();
    private readonly OrderedRows _ordered;
    private readonly ChunkedHead? _head;
    private readonly Tensor[] _slopes;
    private readonly int _members;
    private readonly float[] _best;
    private readonly Tensor _total; // of loss and shares, where the device is not waited for
    private Generator _orderOfEpoch;
    private int _stepsOfEpoch;
    private double _bestLoss = double.PositiveInfinity, _lossSum, _shareSum;
    private int _step = 1;

    public TrainingRun(Recipe recipe, LearningTask task, Dataset train, Dataset? validation, Seeds seeds, Place place)
    {
        (_recipe, _task, _place) = (recipe, task, place);
        _loss = recipe.LossFor(task);
        _scale = Scale.Of(train, task, _loss.Scaling);
        (_train, _validation) = (new(train, task, _scale), validation is null ? null : new(validation, task, _scale));
        _distillation = train.Teacher is not null ? recipe.Distillation ?? new SoftTargets()
            : recipe.Distillation is null ? null
            : throw new ArgumentException($"Distillation must have a teacher, but '{Methods.Of(recipe.Distillation).Id}' is given none.");

        _shape = new((int)train.Features.shape[1], train.Cardinalities, task switch
        {
            LearningTask.Multiclass => train.Classes,
            LearningTask.Regression => _loss.RegressionOutputs,
            _ => 1,
        });
        _shape.Validate();
        _graph = recipe.Network.Build(_shape);
        _members = _graph.Members;
        var layout = _graph.Layout;
        _best = layout.Initial(seeds.Stream("init"));
        _train.Prepare(_graph, _best);
        _parameters = Memory.Copy(_best).to(place.Device);
        _gradients = zeros(layout.Count, dtype: float32, device: place.Device);
        _network = place.IsManaged ? new GraphBackprop<float>(_graph, _parameters, _gradients) : new AutogradBackprop(_graph, _parameters, _gradients);
        _loss.Begin(_state, _train.Targets(), _train.Weights, _train.Data.Groups, _members);
        _ordered = _train.Ordered();
        var largest = _loss.Order.LargestStep(_ordered, recipe.BatchSize);
        _batch = place.IsManaged ? new(_train, largest, _members) : null;
        _outputGradient = zeros(largest * _members, _shape.Outputs, dtype: float32, device: CPU);
        _stepper = recipe.Optimizer.Start(layout);
        _average = recipe.Averaging?.Start(_parameters);
        Gradients = new(recipe.ClipNorm, place.Device);
        (_order, _dropout, _parts) = (seeds.Stream("order"), seeds.Stream("dropout"), seeds.Stream("parts"));
        _orderOfEpoch = _order;
        _total = zeros(2, dtype: float64, device: place.Device);
        (_head, _slopes) = (Chunked(), _graph.Layout.Views(_gradients));
    }

    /// <summary>The epoch whose weights are the best so far; 0 before the first.</summary>
    public int BestEpoch { get; private set; }

    public double LearningRate { get; private set; }

    public GradientMeter Gradients { get; }

    /// <summary>One pass over all rows in a new order, or what is left of it after <see cref="Read"/>; the mean of what was minimised.</summary>
    /// <param name="epoch">The number of the pass, from 1.</param>
    /// <param name="beforeStep">Is called before each step, where the run can be written.</param>
    public double Epoch(int epoch, Action beforeStep)
    {
        using var scope = NewDisposeScope();
        _orderOfEpoch = _order.Copy();
        var (order, ends) = _loss.Order.Draw(_ordered, _recipe.BatchSize, (epoch - 1) / (double)_recipe.Epochs, _order);
        using var there = _place.IsManaged ? null : tensor(order, dtype: int64, device: CPU).to(_place.Device);
        for (_stepsOfEpoch = ends.Length; _step <= ends.Length; _step++)
        {
            beforeStep();
            var start = _step == 1 ? 0 : ends[_step - 2];
            var count = ends[_step - 1] - start;
            if (there is not null)
            {
                StepThere(epoch, there.narrow(0, start, count));
                continue;
            }

            var (loss, stepShare) = Step(epoch, order.AsSpan(start, count));
            _lossSum += stepShare * loss;
            _shareSum += stepShare;
        }

        var sums = Memory.Of<double>(_total.cpu());
        var mean = (_lossSum + sums[0]) / (_shareSum + sums[1]);
        if (!double.IsFinite(mean))
            throw Diverged(epoch, mean);
        _total.zero_();
        (_lossSum, _shareSum, _step) = (0, 0, 1);
        return mean;
    }

    /// <summary>The loss on the held-out labels; keeps the weights where it is the best so far, or where nothing is held out.</summary>
    public double? Review(int epoch, Action checkCanceled)
    {
        _average?.Exchange(_parameters);
        double? loss = _validation is null ? null : ValidationLoss(epoch, checkCanceled);
        using var scope = NewDisposeScope();
        var weights = Memory.Of<float>(_parameters.cpu());
        if (loss is { } value && !double.IsFinite(value) || !AreFinite(weights))
            throw Diverged(epoch, loss ?? double.NaN);
        if (loss is null || loss < _bestLoss)
        {
            _bestLoss = loss ?? _bestLoss;
            BestEpoch = epoch;
            weights.CopyTo(_best);
        }

        _average?.Exchange(_parameters);
        return loss;
    }

    /// <summary>Writes all that the next steps, and the result, depend on. To be called before a step.</summary>
    public void Write(BinaryWriter writer)
    {
        using var scope = NewDisposeScope();
        writer.Write(_step);
        writer.Write(BestEpoch);
        writer.Write(_bestLoss);
        writer.Write(_lossSum);
        writer.Write(_shareSum);
        writer.Write(Memory.Of<byte>(_total.cpu()));
        writer.Write(Memory.Of<byte>(_parameters.cpu()));
        writer.Write(MemoryMarshal.AsBytes(_best.AsSpan()));
        foreach (var random in (Generator[])[_orderOfEpoch, _dropout, _parts])
            random.Write(writer);
        _state.Write(writer);
        Gradients.Write(writer);
        _stepper.Write(writer);
        _average?.Write(writer);
    }

    /// <summary>Goes on where a run of the same recipe, data and seeds wrote itself.</summary>
    /// <exception cref="EndOfStreamException">There is less than <see cref="Write"/> writes.</exception>
    public void Read(BinaryReader reader)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        _step = reader.ReadInt32();
        BestEpoch = reader.ReadInt32();
        (_bestLoss, _lossSum, _shareSum) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        Fill(_total);
        Fill(_parameters);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_best.AsSpan()));
        foreach (var random in (Generator[])[_order, _dropout, _parts])
            random.Read(reader);
        _state.Read(reader);
        Gradients.Read(reader);
        _stepper.Read(reader);
        _average?.Read(reader);

        void Fill(Tensor there)
        {
            var here = empty_like(there, device: CPU);
            reader.BaseStream.ReadExactly(Memory.Of<byte>(here));
            there.copy_(here);
        }
    }

    /// <summary>The network with the best weights so far.</summary>
    public FittedNetwork Best()
    {
        var link = _loss.Link(_state);
        return new(_task, _recipe.Network, _shape, link == OutputLink.Identity ? _scale.FoldInto(_best, _graph.Layout) : [.. _best], link.In(_scale));
    }

    public void Dispose() => _state.Dispose();

    private (double Loss, double Share) Step(int epoch, ReadOnlySpan<long> rows)
    {
        using var scope = NewDisposeScope();
        var done = Rate(epoch);
        _batch!.Take(rows);
        var share = _train.Share(_batch.Weight(), _recipe.BatchSize);
        double loss;
        if (_head is not null)
        {
            loss = Chunked(_batch.Features, _batch.Categories, tensor(rows.ToArray(), dtype: int64, device: CPU), share).ToDouble();
        }
        else
        {
            var outputs = _network.Forward(_batch.Features, _batch.Categories, _dropout);
            (loss, var gradient, var atHidden) = ClosedForm(outputs, share) ?? ByAutograd(outputs, rows, share, epoch, done);
            if (double.IsFinite(loss))
                _network.Backward(gradient, atHidden);
        }

        if (!double.IsFinite(loss))
            throw Diverged(epoch, loss);
        Gradients.Measure(Memory.Of<float>(_gradients));
        _stepper.Step(Memory.Of<float>(_parameters), Memory.Of<float>(_gradients), LearningRate);
        _average?.Take(_parameters, epoch / (double)_recipe.Epochs, endsEpoch: _step == _stepsOfEpoch);
        return (loss, share);
    }

    /// <summary>The objective and its gradient at the outputs, where every part of it gives its own; else null.</summary>
    private (double Loss, Tensor Gradient, Tensor? AtHidden)? ClosedForm(Tensor outputs, double share)
    {
        if (_loss is not IClosedForm onLabels || _distillation is not (null or IClosedForm))
            return null;
        var rows = outputs.shape[0];
        var gradient = rows == _outputGradient.shape[0] ? _outputGradient : _outputGradient.narrow(0, 0, rows);
        var slopes = Memory.Of<float>(gradient);
        slopes.Clear();
        var batch = _batch!.Beside(outputs);
        if (_distillation is not IClosedForm onTeacher)
            return (onLabels.AddGradient(batch, share, slopes), gradient, null);
        var (labels, teacher) = _distillation.Factors;
        var loss = labels == 0 ? 0 : labels * onLabels.AddGradient(batch, share * labels, slopes);
        return (loss + teacher * onTeacher.AddGradient(batch, share * teacher, slopes), gradient, null);
    }

    private (double Loss, Tensor Gradient, Tensor? AtHidden) ByAutograd(Tensor outputs, ReadOnlySpan<long> rows, double share, int epoch, double done)
    {
        var numbers = tensor(rows.ToArray(), dtype: int64, device: CPU);
        var batch = _train.Batch(numbers, _members);
        var leaf = outputs.detach().requires_grad_();
        var student = Student(leaf);
        var loss = Objective(student, batch, Context(epoch, done, numbers));
        (loss * share).backward();
        return (loss.ToDouble(), leaf.grad!, student.Hidden?.grad);
    }

    /// <summary>As <see cref="Step"/>, by operators that are only given to the device: what they come to is read once an epoch.</summary>
    private void StepThere(int epoch, Tensor rows)
    {
        using var scope = NewDisposeScope();
        var done = Rate(epoch);
        var batch = _train.Batch(rows, _members);
        var share = batch.Weights is null ? full([], rows.shape[0] / (double)Math.Min(_recipe.BatchSize, _train.Rows), dtype: float32, device: _place.Device)
            : _train.ShareThere(batch.Weights, _recipe.BatchSize) / _members;
        Tensor weighted;
        if (_head is not null)
        {
            weighted = Chunked(batch.Features, batch.Categories, rows, share) * share;
        }
        else
        {
            var outputs = _network.Forward(batch.Features, batch.Categories, _dropout).detach().requires_grad_();
            var student = Student(outputs);
            weighted = Objective(student, batch, Context(epoch, done, rows)) * share;
            weighted.backward();
            _network.Backward(outputs.grad!, student.Hidden?.grad);
        }

        _total.add_(stack([weighted.detach(), share]));
        Gradients.MeasureThere(_gradients);
        _stepper.Step(_parameters, _gradients, LearningRate);
        _average?.Take(_parameters, epoch / (double)_recipe.Epochs, endsEpoch: _step == _stepsOfEpoch);
    }

    private StepContext Context(int epoch, double done, Tensor rows) =>
        new(epoch, done, _parts) { State = _state, Rows = TaskData.Names(rows, _members), Groups = _train.Groups(rows, _members), Members = _members };

    /// <summary>The last layer, where the loss computes its classes in blocks; null where it need not.</summary>
    private ChunkedHead? Chunked()
    {
        if (_loss.ClassBlock is not { } block || _shape.Outputs <= block)
            return null;
        if (_distillation is not null)
            throw new ArgumentException($"The loss '{Methods.Of(_loss).Id}' must be without a teacher above {block} classes, but has one.");
        if (_graph.Trunk[^1] is not LinearLayer head)
            throw Check.Wrong("Network", $"end in one linear layer for the loss '{Methods.Of(_loss).Id}'", $"'{Methods.Of(_recipe.Network).Id}'");
        var views = _graph.Layout.Views(_parameters);
        return new(views[head.Weights], views[head.Biases], head.Factor, block);
    }

    /// <summary>The mean surprise of a step; writes all its gradients, times a share.</summary>
    private Tensor Chunked(Tensor features, Tensor? categories, Tensor rows, Tensor share)
    {
        var hidden = _network.ForwardHidden(features, categories, _dropout).detach();
        var classes = _train.Labels.index_select(0, rows);
        var weights = _train.Weights?.index_select(0, rows) ?? ones(rows.shape[0], dtype: float32, device: classes.device);
        var each = weights / weights.sum().clamp_min(1e-30);
        var (surprise, logSum) = _head!.Forward(hidden, classes);
        var head = (LinearLayer)_graph.Trunk[^1];
        _network.BackwardHidden(_head.Backward(hidden, classes, logSum, each * share, _slopes[head.Weights], _slopes[head.Biases]));
        return (each * surprise).sum();
    }

    /// <summary>What the network says: outputs, and where the loss asks for it what is on the way to them.</summary>
    private StudentOutput Student(Tensor outputs) => !_loss.NeedsHidden ? new(Logits(outputs))
        : new(Logits(outputs)) { Features = EachMember(_network.Entered.detach()), Hidden = _network.Hidden.detach().requires_grad_() };

    private Tensor EachMember(Tensor rows) => _members == 1 ? rows : rows.repeat_interleave(_members, 0);

    private Tensor Objective(StudentOutput student, Batch batch, StepContext step)
    {
        var labels = _loss.Value(student, batch.Targets, batch.Weights, step);
        return _distillation is null ? labels
            : _distillation.Join(labels, _distillation.Value(student, batch.Teacher!, batch.Targets, batch.Weights, step));
    }

    private double ValidationLoss(int epoch, Action checkCanceled)
    {
        var block = Math.Max(32, 1024 / _members); // an ensemble has a row a member
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var outputs = new List<Tensor>();
        for (var start = 0L; start < _validation!.Rows; start += block)
        {
            checkCanceled();
            var (features, categories) = _validation.Inputs(start, Math.Min(block, _validation.Rows - start));
            outputs.Add(_head is null ? Average(_network.Forward(features, categories, null)).clone()
                : _head.Forward(_network.ForwardHidden(features, categories, null), _validation.Labels.narrow(0, start, features.shape[0])).Surprise);
        }

        if (_head is not null)
            return WeightedMean.Of(cat(outputs, 0), _validation.Weights).ToDouble();

        var step = new StepContext(epoch, 0, new Generator(0)) { State = _state, Groups = _validation.Data.Groups };
        return _loss.Judge(new(Logits(cat(outputs, 0))), _validation.Targets(), _validation.Weights, step).ToDouble();
    }

    /// <summary>One answer from an ensemble's, in the form that the loss takes.</summary>
    private Tensor Average(Tensor outputs)
    {
        if (_members == 1)
            return outputs;
        var link = _loss.Link(_state);
        return link.FromLogits(MemberAverage.Of(link.ToLogits(outputs), _members, _task));
    }

    /// <summary>A binary network's one logit z becomes the two logits (0, z).</summary>
    private Tensor Logits(Tensor outputs) => _task == LearningTask.Binary ? cat([zeros_like(outputs.detach()), outputs], 1) : outputs;

    /// <summary>How much of the run is done, from 0 to 1; sets the learning rate.</summary>
    private double Rate(int epoch)
    {
        var done = ((epoch - 1) * (long)_stepsOfEpoch + _step - 1) / ((double)_recipe.Epochs * _stepsOfEpoch);
        LearningRate = _recipe.Optimizer.LearningRate * _recipe.Schedule.Factor(_recipe.Averaging?.Held(done) ?? done);
        return done;
    }

    private DivergedRunException Diverged(int epoch, double loss) => new(epoch, Math.Min(_step, _stepsOfEpoch), LearningRate, loss, Best(), BestEpoch);

    private static bool AreFinite(ReadOnlySpan<float> numbers)
    {
        foreach (var number in numbers)
            if (!float.IsFinite(number))
                return false;
        return true;
    }
}
