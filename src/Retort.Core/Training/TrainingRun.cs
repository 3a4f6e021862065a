using System.Runtime.InteropServices;

namespace Retort;

/// <summary>The state of one run: the network in training, random streams, what the parts remember, and the best weights so far.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly Recipe _recipe;
    private readonly LearningTask _task;
    private readonly TaskData _train;
    private readonly TaskData? _validation;
    private readonly Scale _scale;
    private readonly NetworkShape _shape;
    private readonly Loss _loss;
    private readonly Distillation? _distillation;
    private readonly Teaching _teaching;
    private readonly RunTeacher? _teacher;
    private readonly Place _place;
    private readonly Learner _student;
    private readonly Companion? _companion;
    private readonly BatchMemory? _batch;
    private readonly Tensor _outputGradient;
    private readonly Generator _order, _dropout, _parts;
    private readonly PartState _ofLoss = new(), _ofDistillation = new(), _ofTeachers = new();
    private readonly OrderedRows _ordered;
    private readonly RowOrder _rowOrder;
    private readonly ChunkedHead? _head;
    private readonly int _members;
    private readonly float[] _best;
    private readonly Tensor _total; // of loss and shares, read once an epoch
    private Generator _orderOfEpoch;
    private OutputLink _bestLink, _link;
    private int _stepsOfEpoch;
    private double _bestLoss = double.PositiveInfinity;
    private int _step = 1;

    public TrainingRun(Recipe recipe, LearningTask task, Dataset train, Dataset? validation, Seeds seeds, Place place, Teaching teaching)
    {
        (_recipe, _task, _place, _teaching) = (recipe, task, place, teaching);
        _loss = recipe.LossFor(task);
        _scale = Scale.Of(train, task, _loss.Scaling);
        _distillation = Chosen(recipe, train, teaching);
        var sets = _distillation?.Sets ?? 1;
        var outputs = task switch { LearningTask.Multiclass => train.Classes, LearningTask.Regression => _loss.RegressionOutputs, _ => 1 };
        if (sets > 1 && (_loss.Link(_ofLoss) != OutputLink.Identity || task == LearningTask.Regression && outputs > 1))
            throw new ArgumentException($"The distillation '{Methods.Of(_distillation!).Id}' must be with a loss of plain logits or values, but '{Methods.Of(_loss).Id}' has outputs of its own.");
        _shape = new((int)train.Features.shape[1], train.Cardinalities, sets * outputs);
        _shape.Validate();

        var graph = recipe.Network.Build(_shape);
        _members = graph.Members;
        (_order, _dropout, _parts) = (seeds.Stream("order"), seeds.Stream("dropout"), seeds.Stream("parts"));
        var logits = task == LearningTask.Binary ? 2 : outputs;
        if (_distillation is not null && teaching.Way == TeachingWay.Self)
            _ofTeachers["said"] = zeros(train.Rows, logits, dtype: float32, device: place.Device);
        (_train, _validation) = (new(train, task, _scale, _ofTeachers["said"]), validation is null ? null : new(validation, task, _scale));
        if (_distillation is not null && _train.Teacher is not null)
            _teacher = new(_distillation, teaching, _train, task, _scale, place);
        if (teaching.Way == TeachingWay.Balanced)
            TeacherBalance.Begin(_ofTeachers, Math.Max(1, _train.Teachers.Length));
        var heads = _distillation?.Heads(new(graph.BlockWidths, logits, _teacher?.HiddenWidth ?? 0)) ?? [];
        _student = new(graph, new(heads, graph), recipe, _train, seeds.Stream("init"), _dropout, place);
        if (_distillation is not null && teaching.Way == TeachingWay.Online)
            _companion = new(teaching.Network!, recipe, _distillation, task, _loss, _train, _shape, seeds, place);
        _best = [.. _student.Start.AsSpan(0, graph.Layout.Count)];

        _loss.Begin(_ofLoss, _train.Targets(), _train.LabelWeights, _train.Data.Groups, _members);
        _distillation?.Begin(_ofDistillation, new(_train.Targets(), _teacher?.All)
        {
            Weights = _train.Weights,
            Labeled = train.Labeled,
            Deviations = _train.Deviations(),
            Outputs = logits,
            Members = _members,
        });
        _ordered = _train.Ordered();
        _rowOrder = _distillation?.Order ?? _loss.Order;
        _link = _bestLink = _distillation?.Sets > 1 ? _distillation.Combine([], null, null) : OutputLink.Identity;
        _head = Chunked();
        var isClosed = place.IsManaged && _head is null && _loss is IClosedForm && heads.Count == 0 && sets == 1 && teaching.Way is not (TeachingWay.Online or TeachingWay.Balanced) && _distillation is null or IClosedForm;
        var largest = _rowOrder.LargestStep(_ordered, recipe.BatchSize);
        _batch = isClosed ? new(_train, largest, _members) : null;
        _outputGradient = zeros(largest * _members, _shape.Outputs, dtype: float32, device: CPU);
        _orderOfEpoch = _order;
        _total = zeros(2, dtype: float64, device: place.Device);
    }

    /// <summary>How the teacher is followed; null where there is none, or where it does not count.</summary>
    private static Distillation? Chosen(Recipe recipe, Dataset train, Teaching teaching)
    {
        var hasTeacher = train.Teacher is not null || teaching.Way is TeachingWay.Self or TeachingWay.Online;
        if (recipe.Distillation is SelfDistillation self && hasTeacher)
            throw new ArgumentException($"The distillation '{Methods.Of(self).Id}' must be without a teacher, but is given one.");
        if (recipe.Distillation is { } given and not SelfDistillation && !hasTeacher)
            throw new ArgumentException($"Distillation must have a teacher, but '{Methods.Of(given).Id}' is given none.");
        var chosen = recipe.Distillation ?? (hasTeacher ? new SoftTargets() : null);
        return chosen is { Weight: 0, Mode: not DistillationMode.Replace } ? null : chosen; // bit by bit as without a teacher
    }

    /// <summary>The epoch whose weights are the best so far; 0 before the first.</summary>
    public int BestEpoch { get; private set; }

    public double LearningRate { get; private set; }

    public GradientMeter Gradients => _student.Meter;

    /// <summary>One pass over all rows in a new order, or what is left of it after <see cref="Read"/>; the mean of what was minimised.</summary>
    /// <param name="epoch">The number of the pass, from 1.</param>
    /// <param name="beforeStep">Is called before each step, where the run can be written.</param>
    public double Epoch(int epoch, Action beforeStep)
    {
        using var scope = NewDisposeScope();
        _orderOfEpoch = _order.Copy();
        var (order, ends) = _rowOrder.Draw(_ordered, _recipe.BatchSize, (epoch - 1) / (double)_recipe.Epochs, _order);
        using var there = _batch is not null ? null : tensor(order, dtype: int64, device: CPU).to(_place.Device);
        for (_stepsOfEpoch = ends.Length; _step <= ends.Length; _step++)
        {
            beforeStep();
            var start = _step == 1 ? 0 : ends[_step - 2];
            var count = ends[_step - 1] - start;
            if (there is not null)
                Step(epoch, there.narrow(0, start, count));
            else
                Step(epoch, order.AsSpan(start, count));
        }

        var sums = Memory.Of<double>(_total.cpu());
        var mean = sums[0] / sums[1];
        if (!double.IsFinite(mean))
            throw Diverged(epoch, mean);
        _total.zero_();
        _step = 1;
        return mean;
    }

    /// <summary>The loss on the held-out labels; keeps the weights where it is the best so far, or where nothing is held out.</summary>
    public double? Review(int epoch, Action checkCanceled)
    {
        _student.Exchange();
        if (_ofTeachers["said"] is { } said)
            Remember(said, checkCanceled);
        double? loss = _validation is null ? null : ValidationLoss(epoch, checkCanceled);
        using var scope = NewDisposeScope();
        var weights = Memory.Of<float>(_student.Parameters.cpu())[.._best.Length];
        if (loss is { } value && !double.IsFinite(value) || !AreFinite(weights))
            throw Diverged(epoch, loss ?? double.NaN);
        if (loss is null || loss < _bestLoss)
        {
            _bestLoss = loss ?? _bestLoss;
            (BestEpoch, _bestLink) = (epoch, _link);
            weights.CopyTo(_best);
        }

        _student.Exchange();
        return loss;
    }

    /// <summary>Writes all that the next steps, and the result, depend on. To be called before a step.</summary>
    public void Write(BinaryWriter writer)
    {
        using var scope = NewDisposeScope();
        writer.Write(_step);
        writer.Write(BestEpoch);
        writer.Write(_bestLoss);
        writer.Write(Memory.Of<byte>(_total.cpu()));
        writer.Write(MemoryMarshal.AsBytes(_best.AsSpan()));
        _bestLink.Write(writer);
        foreach (var random in (Generator[])[_orderOfEpoch, _parts])
            random.Write(writer);
        foreach (var state in (PartState[])[_ofLoss, _ofDistillation, _ofTeachers])
            state.Write(writer);
        _student.Write(writer);
        _companion?.Write(writer);
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
        var total = zeros(2, dtype: float64, device: CPU);
        reader.BaseStream.ReadExactly(Memory.Of<byte>(total));
        _total.copy_(total);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_best.AsSpan()));
        _bestLink = OutputLink.Read(reader, _shape.Outputs);
        foreach (var random in (Generator[])[_order, _parts])
            random.Read(reader);
        foreach (var state in (PartState[])[_ofLoss, _ofDistillation, _ofTeachers])
            state.Read(reader);
        _student.Read(reader);
        _companion?.Read(reader);
    }

    /// <summary>The network with the best weights so far.</summary>
    public FittedNetwork Best()
    {
        var link = _distillation?.Sets > 1 ? _bestLink : _loss.Link(_ofLoss);
        var layout = _student.Graph.Layout;
        var weights = link.IsLinear ? _scale.FoldInto(_best, layout) : [.. _best];
        if (BestEpoch > 0)
            _distillation?.Finish(Of(layout.Slots[^2]), Of(layout.Slots[^1]), _ofDistillation);
        return new(_task, _recipe.Network, _shape, weights, link.In(_scale));

        Span<float> Of(ParameterSlot slot) => weights.AsSpan(slot.Offset, slot.Count);
    }

    public void Dispose()
    {
        foreach (var state in (PartState[])[_ofLoss, _ofDistillation, _ofTeachers])
            state.Dispose();
        _companion?.Dispose();
    }

    /// <summary>A step whose every part gives its gradient itself, on memory that is kept from step to step.</summary>
    private void Step(int epoch, ReadOnlySpan<long> rows)
    {
        using var scope = NewDisposeScope();
        Rate(epoch);
        _batch!.Take(rows);
        var share = _train.Share(_batch.Weight(), _recipe.BatchSize);
        var outputs = _student.Forward(_batch.Features, _batch.Categories);
        var gradient = outputs.shape[0] == _outputGradient.shape[0] ? _outputGradient : _outputGradient.narrow(0, 0, outputs.shape[0]);
        var slopes = Memory.Of<float>(gradient);
        slopes.Clear();
        Count(share * Closed(epoch, outputs, share, slopes), share, epoch);
        _student.Network.Backward(gradient);
        Learn(epoch);
    }

    private void Count(double weighted, double share, int epoch)
    {
        if (!double.IsFinite(weighted))
            throw Diverged(epoch, weighted);
        var total = Memory.Of<double>(_total);
        (total[0], total[1]) = (total[0] + weighted, total[1] + share);
    }

    /// <summary>The objective of a step; its gradient at the outputs, times a share, is added to <paramref name="slopes"/>.</summary>
    private double Closed(int epoch, Tensor outputs, double share, Span<float> slopes)
    {
        var onLabels = (IClosedForm)_loss;
        if (Following(epoch) is not IClosedForm onTeacher)
            return onLabels.AddGradient(_batch!.Beside(outputs, ofLabels: true, epoch), share, slopes);
        var (labels, teacher) = _distillation!.Factors;
        var loss = labels == 0 ? 0 : labels * onLabels.AddGradient(_batch!.Beside(outputs, ofLabels: true, epoch), share * labels, slopes);
        return loss + teacher * onTeacher.AddGradient(_batch!.Beside(outputs, ofLabels: false, epoch), share * teacher, slopes);
    }

    /// <summary>Any step: gradients at the outputs and blocks by autograd. On a device its operators are only given to it, and what they come to is read once an epoch.</summary>
    private void Step(int epoch, Tensor rows)
    {
        using var scope = NewDisposeScope();
        var done = Rate(epoch);
        var batch = _train.Batch(rows, _members);
        var share = batch.Weights is null ? full([], rows.shape[0] / (double)Math.Min(_recipe.BatchSize, _train.Rows), dtype: float32, device: _place.Device)
            : _train.ShareThere(batch.Weights, _recipe.BatchSize) / _members;
        var weighted = _head is not null ? Chunked(batch, rows, share) * share : Taught(epoch, done, batch, rows, share);
        if (_place.IsManaged)
            Count(weighted.ToDouble(), share.ToDouble(), epoch);
        else
            _total.add_(stack([weighted, share]));
        Learn(epoch);
    }

    private void Learn(int epoch)
    {
        var (done, ends) = (epoch / (double)_recipe.Epochs, _step == _stepsOfEpoch);
        _student.Step(LearningRate, done, ends);
        _companion?.Step(LearningRate, done, ends);
    }

    /// <summary>The objective times a share; leaves its gradients.</summary>
    private Tensor Taught(int epoch, double done, Batch batch, Tensor rows, Tensor share)
    {
        var following = Following(epoch);
        var context = Context(epoch, done, rows);
        var (ofLoss, ofDistillation) = (context with { State = _ofLoss }, context with { State = _ofDistillation });
        var companion = _companion?.Forward(batch);
        var teacher = following is null or SelfDistillation ? null
            : companion is not null ? new TeacherOutput(TaskData.EachMember(companion.Scores, _members))
            : _teacher!.Of(TaskData.Each(rows, _members));
        var moved = following?.Move(Probe(batch, rows), ofDistillation);
        var (features, categories) = moved is null ? (batch.Features, batch.Categories)
            : (cat([batch.Features, moved.Features], 0), batch.Categories is null ? null : cat([batch.Categories, batch.Categories], 0));

        var outputs = _student.Forward(features, categories).detach().requires_grad_();
        IReadOnlyList<Tensor> blocks = !NeedsBlocks ? [] : [.. _student.Network.Blocks.Select(block => block.detach().requires_grad_())];
        var count = rows.shape[0];
        var student = Student(outputs, blocks, 0, count) with { Moved = moved is null ? null : Student(outputs, blocks, count, count) };
        if (teacher is not null && moved?.Teacher is { } there)
            teacher = teacher with { Moved = EachMember(there) };
        var labels = following?.Factors.Labels == 0 ? null : _loss.Value(student, batch.Targets, batch.LabelWeights, ofLoss);
        var objective = following is null ? labels! : Join(following, labels, Distance(following, student, teacher, batch, ofDistillation));
        (objective * share).backward();
        if (companion is not null)
            _companion!.Backward(companion, _train.TargetsOf(rows), (_train.Weights?.index_select(0, rows), _train.LabelWeights?.index_select(0, rows)), Scores(student.Logits.detach(), _members),
                following!, share, context with { Rows = rows, Groups = _train.Groups(rows, 1) });
        _student.Network.Backward(outputs.grad!, blocks.Count == 0 ? null : [.. blocks.Select(block => block.grad)]);
        return objective.detach() * share;
    }

    /// <summary>How the teacher is followed in an epoch: a network that is its own teacher has said nothing before the first.</summary>
    private Distillation? Following(int epoch) => _teaching.Way == TeachingWay.Self && epoch == 1 ? null : _distillation;

    private static Tensor Join(Distillation following, Tensor? labels, Tensor distance) => labels is null ? following.Factors.Teacher * distance : following.Join(labels, distance);

    private Tensor Distance(Distillation following, StudentOutput student, TeacherOutput? teacher, Batch batch, StepContext step) =>
        _teaching.Way == TeachingWay.Balanced && teacher is not null
            ? TeacherBalance.Join(_ofTeachers, [.. teacher.Each.Select(one => following.Value(student, one with { Hidden = teacher.Hidden }, batch.Targets, batch.Weights, step))])
            : following.Value(student, teacher!, batch.Targets, batch.Weights, step);

    private bool NeedsBlocks => _loss.NeedsHidden || _distillation?.NeedsHidden == true || _student.Heads.Any;

    private Probe Probe(Batch batch, Tensor rows)
    {
        var elsewhere = _teacher?.Elsewhere(rows) ?? [];
        return new(batch.Features, _train.TargetsOf(rows), _teacher?.Of(rows), features => Logits(Average(_student.Answer(features, batch.Categories).narrow(1, 0, _shape.Outputs / _link.Sets))), elsewhere);
    }

    private TeacherOutput EachMember(TeacherOutput said) => _members == 1 ? said : said with
    {
        Scores = TaskData.EachMember(said.Scores, _members),
        Hidden = said.Hidden is null ? null : TaskData.EachMember(said.Hidden, _members),
        Each = [.. said.Each.Select(EachMember)],
    };

    private StepContext Context(int epoch, double done, Tensor rows) =>
        new(epoch, done, _parts) { Rows = TaskData.Names(rows, _members), Groups = _train.Groups(rows, _members), Members = _members };

    /// <summary>The last layer, where the loss computes its classes in blocks; null where it need not.</summary>
    private ChunkedHead? Chunked()
    {
        if (_loss.ClassBlock is not { } block || _shape.Outputs <= block)
            return null;
        if (_distillation is not null)
            throw new ArgumentException($"The loss '{Methods.Of(_loss).Id}' must be without a teacher above {block} classes, but has one.");
        if (_student.Graph.Trunk[^1] is not LinearLayer head)
            throw Check.Wrong("Network", $"end in one linear layer for the loss '{Methods.Of(_loss).Id}'", $"'{Methods.Of(_recipe.Network).Id}'");
        return new(_student.Views[head.Weights], _student.Views[head.Biases], head.Factor, block);
    }

    /// <summary>The mean surprise of a step; writes all its gradients, times a share.</summary>
    private Tensor Chunked(Batch batch, Tensor rows, Tensor share)
    {
        var hidden = _student.ForwardHidden(batch.Features, batch.Categories).detach();
        var classes = batch.Targets.ClassNumbers();
        var weights = batch.Weights ?? ones(rows.shape[0], dtype: float32, device: classes.device);
        var each = weights / weights.sum().clamp_min(1e-30);
        var (surprise, logSum) = _head!.Forward(hidden, classes);
        var head = (LinearLayer)_student.Graph.Trunk[^1];
        _student.Network.BackwardHidden(_head.Backward(hidden, classes, logSum, each * share, _student.Slopes[head.Weights], _student.Slopes[head.Biases]));
        return (each * surprise).sum();
    }

    /// <summary>What the network says of some of the rows that it was just shown: outputs, and where they are asked for blocks and what heads make of them.</summary>
    private StudentOutput Student(Tensor outputs, IReadOnlyList<Tensor> blocks, long first, long count)
    {
        var sets = Sets(Rows(outputs));
        var student = new StudentOutput(Logits(sets[0])) { Sets = sets.Count == 1 ? [] : [.. sets.Select(Logits)] };
        if (blocks.Count == 0)
            return student;
        Tensor[] own = [.. blocks.Select(Rows)];
        return student with
        {
            Features = _loss.NeedsHidden ? TaskData.EachMember(_student.Network.Entered.detach().narrow(0, first, count), _members) : null,
            Hidden = own[^1],
            Blocks = own,
            Heads = _student.OfHeads(own),
        };

        Tensor Rows(Tensor all) => all.shape[0] == count * _members ? all : all.narrow(0, first * _members, count * _members);
    }

    private IReadOnlyList<Tensor> Sets(Tensor outputs)
    {
        var width = _shape.Outputs / _link.Sets;
        return _link.Sets == 1 ? [outputs] : [.. Enumerable.Range(0, _link.Sets).Select(set => outputs.narrow(1, set * width, width))];
    }

    /// <summary>What a teacher says, from logits [rows × members, classes] or values: of members their mean.</summary>
    private Tensor Scores(Tensor logits, int members) =>
        _task == LearningTask.Regression ? MemberAverage.Of(logits, members, _task) : MemberAverage.Of(logits, members, LearningTask.Multiclass).softmax(1);

    /// <summary>Writes down what the network says of all training rows.</summary>
    private void Remember(Tensor said, Action checkCanceled)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        for (var start = 0L; start < _train.Rows; start += 1024)
        {
            checkCanceled();
            var (features, categories) = _train.Inputs(start, Math.Min(1024, _train.Rows - start));
            var logits = Logits(Average(_student.Network.Forward(features, categories, null)));
            said.narrow(0, start, features.shape[0]).copy_(Scores(logits, 1));
        }
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
            outputs.Add(_head is not null ? _head.Forward(_student.Network.ForwardHidden(features, categories, null), _validation.Labels.narrow(0, start, features.shape[0])).Surprise
                : _link.Sets > 1 ? _student.Network.Forward(features, categories, null).clone()
                : Average(_student.Network.Forward(features, categories, null)).clone());
        }

        if (_head is not null)
            return WeightedMean.Of(cat(outputs, 0), _validation.LabelWeights).ToDouble();

        var all = cat(outputs, 0);
        if (_link.Sets > 1)
        {
            _link = _distillation!.Combine([.. Sets(all).Select(set => Logits(MemberAverage.Of(set, _members, _task)))], _validation.Targets(), _validation.LabelWeights);
            all = MemberAverage.Of(_link.ToLogits(all), _members, _task);
        }

        var step = new StepContext(epoch, 0, new Generator(0)) { State = _ofLoss, Groups = _validation.Data.Groups };
        return _loss.Judge(new(Logits(all)), _validation.Targets(), _validation.LabelWeights, step).ToDouble();
    }

    /// <summary>One answer from an ensemble's, in the form that the loss takes.</summary>
    private Tensor Average(Tensor outputs)
    {
        if (_members == 1)
            return outputs;
        var link = _loss.Link(_ofLoss);
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
