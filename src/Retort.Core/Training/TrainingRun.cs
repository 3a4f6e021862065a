using System.Runtime.InteropServices;

namespace Retort;

/// <summary>The state of one run: what it minimises, the order of rows, and the best weights so far.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly Recipe _recipe;
    private readonly LearningTask _task;
    private readonly TaskData _train;
    private readonly TaskData? _validation;
    private readonly Scale _scale;
    private readonly NetworkShape _shape;
    private readonly Place _place;
    private readonly Objective _objective;
    private readonly Learner _student;
    private readonly BatchMemory? _batch;
    private readonly Tensor _outputGradient;
    private readonly EpochSteps _steps;
    private readonly RateSearch? _rates;
    private readonly ChunkedHead? _head;
    private readonly int _members;
    private readonly float[] _best;
    private readonly string _origin;
    private readonly Tensor _total; // of loss and shares, read once an epoch
    private OutputLink _bestLink;
    private int _stepsOfEpoch;
    private readonly PenaltyTarget? _target;
    private double _bestLoss = double.PositiveInfinity, _bestDependence = double.PositiveInfinity, _bestWeight;
    private int _step = 1;

    public TrainingRun(Recipe recipe, LearningTask task, Dataset train, Dataset? validation, Seeds seeds, Place place, Teaching teaching, FittedNetwork? start = null)
    {
        (_recipe, _task, _place) = (recipe, task, place);
        _scale = start is { Link.IsLinear: false } ? new(start.Link.Offset, start.Link.Factor) : Scale.Of(train, task, recipe.LossFor(task).Scaling); // elsewhere it is folded into the weights
        _objective = new(recipe, task, train, _scale, seeds, place, teaching, start);
        (_train, _student, _shape, _members) = (_objective.Train, _objective.Student, _objective.Shape, _objective.Members);
        _validation = validation is null ? null : new(validation, task, _scale);
        _target = recipe.Penalty?.Target;
        if (_target is not null && _validation?.Protected is null)
            throw new ArgumentException($"The target '{Methods.Of(_target).Id}' must have held-out rows with protected columns, but has none; set HoldOut or give validation data.");
        if (_target is { Measure: TargetMeasure.JensenShannon or TargetMeasure.Gap } && new DependenceMeter(_target.CellRows).Count(_validation!.Protected!, _validation.Weights) < 2)
            throw Check.Wrong("The held-out rows", $"be of two cells of the protected columns at least for the target '{Methods.Of(_target).Id}', where those under CellRows = {_target.CellRows} rows are one together", "of one");
        _best = [.. _student.Start.AsSpan(0, _student.Graph.Layout.Count)];
        _bestLink = _objective.Link;
        _origin = start?.Fingerprint ?? FittedNetwork.FingerprintOf(_best);
        var ordered = _objective.Ordered();
        _steps = new(_objective.Order, ordered, recipe.BatchSize, recipe.Subset, seeds.Stream("order"));
        _rates = recipe.Schedule is AutoLrs searched ? new(searched) : null;
        _head = ChunkedHead.For(recipe, task, _student, _objective.HasTeacher);
        var largest = _objective.Order.LargestStep(ordered, recipe.BatchSize);
        _batch = _objective.IsClosed && _head is null ? new(_train, largest, _members) : null;
        _outputGradient = zeros(largest * _members, _shape.Outputs, dtype: float32, device: CPU);
        _total = zeros(2, dtype: float64, device: place.Device);
    }

    /// <summary>The epoch whose weights are the best so far; 0 before the first.</summary>
    public int BestEpoch { get; private set; }

    public double LearningRate { get; private set; }

    /// <summary>What was measured of the dependence on protected columns when the network was last judged; null where the penalty has no target.</summary>
    public double? Dependence { get; private set; }

    /// <summary>How much the penalty counts.</summary>
    public double PenaltyWeight => _objective.Penalty?.Weight ?? 0;

    /// <summary>What came of the penalty's target so far; null where it has none.</summary>
    public PenaltyOutcome? Target => _target is null || BestEpoch == 0 ? null : new(_bestDependence <= _target.Value, _bestDependence, _bestWeight, BestEpoch);

    public GradientMeter Gradients => _student.Meter;

    /// <summary>How many rows the steps of the last epoch were given, those of tries before it included; those that came again count again.</summary>
    public long RowsOfEpoch { get; private set; }

    /// <summary>One epoch, or what is left of it after <see cref="Read"/>; the mean of what was minimised.</summary>
    /// <param name="epoch">Its number, from 1.</param>
    /// <param name="beforeStep">Is called before each step, where the run can be written.</param>
    /// <param name="checkCanceled">Throws where the run is to end, where it cannot be written.</param>
    public double Epoch(int epoch, Action beforeStep, Action checkCanceled)
    {
        using var scope = NewDisposeScope();
        var taken = _steps.Next((epoch - 1) / (double)_recipe.Epochs);
        if (_step == 1 && _rates?.IsDue(epoch, _recipe.Epochs) == true)
            taken = FindRate(epoch, taken, beforeStep, checkCanceled);
        _rates?.Pass(epoch);
        Make(epoch, taken, taken.Ends.Length, beforeStep);

        var sums = Memory.Of<double>(_total.cpu());
        var mean = sums[0] / sums[1];
        if (!double.IsFinite(mean))
            throw Diverged(epoch, mean);
        _total.zero_();
        (_step, RowsOfEpoch) = (1, taken.Rows.Length + (_rates?.Rows ?? 0));
        return mean;
    }

    /// <summary>Makes steps of an epoch, from the next on.</summary>
    /// <param name="epoch">Its number, from 1.</param>
    /// <param name="taken">The steps.</param>
    /// <param name="until">The last of them that is made.</param>
    /// <param name="beforeStep">Is called before each.</param>
    private void Make(int epoch, EpochOrder taken, int until, Action beforeStep)
    {
        var (order, ends) = taken;
        using var there = _batch is not null ? null : tensor(order, dtype: int64, device: CPU).to(_place.Device);
        for (_stepsOfEpoch = ends.Length; _step <= until; _step++)
        {
            beforeStep();
            var start = _step == 1 ? 0 : ends[_step - 2];
            var count = ends[_step - 1] - start;
            if (there is not null)
                Step(epoch, there.narrow(0, start, count), order.AsSpan(start, count));
            else
                Step(epoch, order.AsSpan(start, count));
        }
    }

    /// <summary>Tries learning rates for the stage that begins, each from here on, and takes the best; the steps of the epoch again.</summary>
    private EpochOrder FindRate(int epoch, EpochOrder taken, Action beforeStep, Action checkCanceled)
    {
        beforeStep(); // whoever was stopped at the end of the last epoch goes on here
        var (stage, trial) = _rates!.Steps(epoch, _recipe.Epochs, taken.Ends.Length);
        var (rates, rows, state) = (new List<(double Factor, double Loss)>(), 0L, new MemoryStream());
        using (var writer = new BinaryWriter(state, System.Text.Encoding.UTF8, leaveOpen: true))
            Write(writer);
        for (var candidate = 0; candidate < _rates.Candidates; candidate++)
        {
            var factor = _rates.Factor = _rates.Next(rates);
            try
            {
                rates.Add((factor, LossForecast.Of(Try(), stage)));
            }
            catch (DivergedRunException)
            {
                rates.Add((factor, double.PositiveInfinity));
                rows += taken.Ends[Math.Min(_step, taken.Ends.Length) - 1];
            }
            catch (OperationCanceledException)
            {
                GoBack();
                beforeStep();
                throw;
            }

            GoBack();
        }

        _rates.Choose(rates, rows, epoch);
        return taken;

        List<double> Try()
        {
            var (losses, before, steps) = (new List<double>(), (Loss: 0.0, Share: 0.0), taken);
            while (true)
            {
                Make(epoch, steps, Math.Min(steps.Ends.Length, trial - losses.Count), Listen);
                Listen();
                rows += steps.Ends[_step - 2];
                if (losses.Count >= trial)
                    return losses;
                (steps, _step) = (_steps.Next((epoch - 1) / (double)_recipe.Epochs), 1);
            }

            void Listen()
            {
                checkCanceled();
                var sums = Memory.Of<double>(_total.cpu());
                if (sums[1] > before.Share)
                    losses.Add((sums[0] - before.Loss) / (sums[1] - before.Share));
                before = (sums[0], sums[1]);
            }
        }

        void GoBack()
        {
            state.Position = 0;
            Read(new BinaryReader(state));
            taken = _steps.Next((epoch - 1) / (double)_recipe.Epochs);
        }
    }

    /// <summary>The loss on the held-out labels; keeps the weights where it is the best so far, or where nothing is held out. Where the penalty has a target, <see cref="Next"/> is to follow.</summary>
    public double? Review(int epoch, Action checkCanceled)
    {
        _student.Exchange();
        _objective.Remember(checkCanceled);
        double? loss = _validation is null ? null : ValidationLoss(epoch, checkCanceled);
        using var scope = NewDisposeScope();
        var weights = Memory.Of<float>(_student.Parameters.cpu())[.._best.Length];
        if (loss is { } value && !double.IsFinite(value) || !AreFinite(weights))
            throw Diverged(epoch, loss ?? double.NaN);
        if (loss is null || IsBetter(loss.Value))
        {
            _bestLoss = loss ?? _bestLoss;
            (_bestDependence, _bestWeight) = (Dependence ?? _bestDependence, PenaltyWeight);
            (BestEpoch, _bestLink) = (epoch, _objective.Link);
            weights.CopyTo(_best);
        }

        _student.Exchange();
        return loss;
    }

    /// <summary>What follows from the measure of an epoch for the next.</summary>
    public void Next()
    {
        if (_target is DualUpdate dual)
            _objective.Penalty!.Weight = dual.Next(PenaltyWeight, Dependence!.Value);
    }

    /// <summary>Whether a network is better than the best so far: of those that meet the target by its loss, else by how near it comes.</summary>
    private bool IsBetter(double loss)
    {
        if (_target is null)
            return loss < _bestLoss;
        var (meets, met) = (Dependence <= _target.Value, _bestDependence <= _target.Value);
        return meets ? !met || loss < _bestLoss : !met && Dependence < _bestDependence;
    }

    /// <summary>Writes all that the next steps, and the result, depend on. To be called before a step.</summary>
    public void Write(BinaryWriter writer)
    {
        using var scope = NewDisposeScope();
        writer.Write(_step);
        writer.Write(BestEpoch);
        writer.Write(_bestLoss);
        writer.Write(_bestDependence);
        writer.Write(_bestWeight);
        writer.Write(Memory.Of<byte>(_total.cpu()));
        writer.Write(MemoryMarshal.AsBytes(_best.AsSpan()));
        _bestLink.Write(writer);
        _steps.Write(writer);
        _rates?.Write(writer);
        _objective.Write(writer);
    }

    /// <summary>Goes on where a run of the same recipe, data and seeds wrote itself.</summary>
    /// <exception cref="EndOfStreamException">There is less than <see cref="Write"/> writes.</exception>
    public void Read(BinaryReader reader)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        _step = reader.ReadInt32();
        BestEpoch = reader.ReadInt32();
        _bestLoss = reader.ReadDouble();
        (_bestDependence, _bestWeight) = (reader.ReadDouble(), reader.ReadDouble());
        var total = zeros(2, dtype: float64, device: CPU);
        reader.BaseStream.ReadExactly(Memory.Of<byte>(total));
        _total.copy_(total);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_best.AsSpan()));
        _bestLink = OutputLink.Read(reader, _shape.Outputs);
        _steps.Read(reader);
        _rates?.Read(reader);
        _objective.Read(reader);
    }

    /// <summary>Which epoch is best is found anew: what was read is the state of a run by another recipe, whose losses may mean something else.</summary>
    public void Adopt() => (BestEpoch, _bestLoss, _bestDependence) = (0, double.PositiveInfinity, double.PositiveInfinity);

    /// <summary>The network with the best weights so far.</summary>
    public FittedNetwork Best()
    {
        var (parameters, link) = _objective.Served(_best, _bestLink, _scale, BestEpoch > 0);
        return new(_task, _recipe.Network, _shape, parameters, link) { Origin = _origin, Scale = _scale };
    }

    public void Dispose() => _objective.Dispose();

    /// <summary>A step whose every part gives its gradient itself, on memory that is kept from step to step.</summary>
    private void Step(int epoch, ReadOnlySpan<long> rows)
    {
        using var scope = NewDisposeScope();
        var done = Rate(epoch);
        var ofAll = _objective.OfAll(epoch, done);
        var mix = _objective.Draw(rows, done).FirstOrDefault();
        _batch!.Take(rows, mix);
        var share = _train.Share(_batch.Weight(), _recipe.BatchSize);
        var outputs = _student.Forward(_batch.Features, _batch.Categories, HiddenBlend.Of(mix));
        var gradient = outputs.shape[0] == _outputGradient.shape[0] ? _outputGradient : _outputGradient.narrow(0, 0, outputs.shape[0]);
        var slopes = Memory.Of<float>(gradient);
        slopes.Clear();
        Count(share * (_objective.Closed(epoch, done, _batch, Memory.Of<float>(outputs), share, slopes) + ofAll), share, epoch);
        _student.Network.Backward(gradient);
        _objective.Penalty?.AddOfAll(share);
        Learn(epoch);
    }

    private void Count(double weighted, double share, int epoch)
    {
        if (!double.IsFinite(weighted))
            throw Diverged(epoch, weighted);
        var total = Memory.Of<double>(_total);
        (total[0], total[1]) = (total[0] + weighted, total[1] + share);
    }

    /// <summary>Any step: gradients at the outputs and blocks by autograd. On a device its operators are only given to it, and what they come to is read once an epoch.</summary>
    private void Step(int epoch, Tensor rows, ReadOnlySpan<long> numbers)
    {
        using var scope = NewDisposeScope();
        var done = Rate(epoch);
        MixedRows[] drawn = [.. _objective.Draw(numbers, done).Select(mix => new MixedRows(mix, _place.Device))];
        var mixed = _objective.MixesBeside ? null : drawn.FirstOrDefault();
        var batch = mixed is null ? _train.Batch(rows, _members) : _train.Batch(mixed, _members, soft: _head is null);
        var share = batch.Weights is null ? full([], rows.shape[0] / (double)Math.Min(_recipe.BatchSize, _train.Rows), dtype: float32, device: _place.Device)
            : _train.ShareThere(batch.Weights, _recipe.BatchSize) / _members;
        var weighted = _head is not null ? _head.Step(_student, batch, share, mixed?.Blend) : _objective.Step(epoch, done, batch, rows, share, mixed, mixed is null ? drawn : []);
        if (_place.IsManaged)
            Count(weighted.ToDouble(), share.ToDouble(), epoch);
        else
            _total.add_(stack([weighted, share]));
        Learn(epoch);
    }

    private void Learn(int epoch) => _objective.Learn(LearningRate, epoch / (double)_recipe.Epochs, endsEpoch: _step == _stepsOfEpoch);

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
            outputs.Add(_head is not null ? _head.Forward(_student.Network.ForwardHidden(features, categories, null), _validation.Labels.narrow(0, start, features.shape[0])).Surprise
                : _objective.ToJudge(_student.Network.Forward(features, categories, null)).clone());
        }

        var all = cat(outputs, 0);
        if (_head is not null)
            return WeightedMean.Of(all, _validation.LabelWeights).ToDouble();
        var (loss, dependence) = _objective.Judge(all, _validation, epoch);
        Dependence = dependence;
        return loss.ToDouble();
    }

    /// <summary>How much of the run is done, from 0 to 1; sets the learning rate.</summary>
    private double Rate(int epoch)
    {
        var done = ((epoch - 1) * (long)_stepsOfEpoch + _step - 1) / ((double)_recipe.Epochs * _stepsOfEpoch);
        LearningRate = _recipe.Optimizer.LearningRate * _recipe.Schedule.Factor(_recipe.Averaging?.Held(done) ?? done) * (_rates?.Factor ?? 1);
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
