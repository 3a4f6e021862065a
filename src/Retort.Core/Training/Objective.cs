namespace Retort;

/// <summary>What a run minimises: what the labels say, and what a teacher says, wherever it comes from.</summary>
internal sealed class Objective : IDisposable
{
    private const string Said = "said";

    private readonly TaskData _train;
    private readonly Loss _loss;
    private readonly Distillation? _distillation;
    private readonly PenaltyTerm? _penalty;
    private readonly Domains? _domains;
    private readonly FactorTerm? _factors;
    private readonly Teaching _teaching;
    private readonly RunTeacher? _teacher;
    private readonly Companion? _companion;
    private readonly Learner _student;
    private readonly OutputForm _form;
    private readonly Generator _random;
    private readonly bool _comparesWithinClasses;
    private readonly Mixer? _mixer;
    private readonly PartState _ofLoss = new(), _ofDistillation = new(), _ofTeachers = new();

    /// <param name="recipe">The parts.</param>
    /// <param name="task">What is predicted.</param>
    /// <param name="train">The rows.</param>
    /// <param name="scale">What real labels are scaled by.</param>
    /// <param name="seeds">Where random numbers begin.</param>
    /// <param name="place">Where the network is trained.</param>
    /// <param name="teaching">Where the teacher comes from.</param>
    /// <param name="start">The network whose weights the run begins from; null draws them.</param>
    /// <exception cref="ArgumentException">The parts do not fit each other, the network or the rows.</exception>
    public Objective(Recipe recipe, LearningTask task, Dataset train, Scale scale, Seeds seeds, Place place, Teaching teaching, FittedNetwork? start = null)
    {
        (_loss, _distillation, _teaching, _random) = (recipe.LossFor(task), PartsFit.Distillation(recipe, train, teaching), teaching, seeds.Stream("parts"));
        var penalty = PenaltyTerm.Chosen(recipe, task, train, _loss, _loss.Link(_ofLoss));
        if (recipe.Network.Domains is { } heads)
        {
            Domains.CheckFits(heads, _loss, _loss.Link(_ofLoss) != OutputLink.Identity, _distillation, teaching.Way);
            _domains = new(heads, train);
        }

        var sets = _domains?.Count ?? _distillation?.Sets ?? 1;
        var outputs = task switch { LearningTask.Multiclass => train.Classes, LearningTask.Regression => _loss.RegressionOutputs, _ => 1 };
        if (sets > 1 && (_loss.Link(_ofLoss) != OutputLink.Identity || task == LearningTask.Regression && outputs > 1))
            throw new ArgumentException($"The distillation '{Methods.Of(_distillation!).Id}' must be with a loss of plain logits or values, but '{Methods.Of(_loss).Id}' has outputs of its own.");
        Shape = new((int)train.Features.shape[1], train.Cardinalities, sets * outputs);
        Shape.Validate();
        var graph = recipe.Network.Build(Shape);
        start?.CheckBegins(task, recipe.Network, Shape);
        _form = new(task, graph.Members, sets);

        var logits = task == LearningTask.Binary ? 2 : outputs;
        if (_distillation is not null && teaching.Way == TeachingWay.Self)
            _ofTeachers[Said] = zeros(train.Rows, logits, dtype: float32, device: place.Device);
        _train = new(train, task, scale, _ofTeachers[Said]);
        if (_distillation is not null && _train.Teacher is not null)
            _teacher = new(_distillation, teaching, _train, task, scale, place);
        if (teaching.Way == TeachingWay.Balanced)
            TeacherBalance.Begin(_ofTeachers, Math.Max(1, _train.Teachers.Length));
        var layers = _distillation?.Heads(new(graph.BlockWidths, logits, _teacher?.HiddenWidth ?? 0)) ?? [];
        _student = new(graph, new(layers, graph), recipe, _train, seeds.Stream("init"), seeds.Stream("dropout"), place,
            start is null ? null : start.Link.IsLinear ? scale.TakeOutOf(start.Parameters, graph.Layout) : start.Parameters);
        if (_distillation is not null && teaching.Way == TeachingWay.Online)
            _companion = new(teaching.Network!, recipe, _distillation, task, _loss, _train, Shape, seeds, place);

        _loss.Begin(_ofLoss, _train.Targets(), _train.LabelWeights, train.Groups, Members);
        _distillation?.Begin(_ofDistillation, new(_train.Targets(), _teacher?.All)
        {
            Weights = _train.Weights,
            Labeled = train.Labeled,
            Deviations = _train.Deviations(),
            Outputs = logits,
            Members = Members,
        });
        if (start is not null && sets == 1 && start.Link != _loss.Link(_ofLoss).In(scale))
            throw new ArgumentException($"The start must read its outputs as the loss '{Methods.Of(_loss).Id}' asks for, {_loss.Link(_ofLoss).In(scale)}, but reads them as {start.Link}.");
        Link = _domains?.Link ?? (sets > 1 ? _distillation!.Combine([], null, null) : OutputLink.Identity);
        Order = _distillation?.Order ?? _loss.Order;
        if (Order == RowOrder.Shuffled && penalty is { StratifiedBatches: true, WholeSetEvery: 0 })
            Order = RowOrder.Stratified;
        if (recipe.Mixing is { } mixing)
        {
            PartsFit.Check(mixing, _loss, _distillation, layers.Count > 0, _domains);
            _mixer = new(mixing, _train, graph, seeds.Stream("mixing"), Losses);
        }

        _comparesWithinClasses = penalty?.ComparesWithinClasses == true;
        _penalty = penalty is null ? null : new(penalty, task, _train, _student, Members, logits => _loss.Link(_ofLoss).ToLogits(logits).softmax(1));
        _factors = recipe.Network.Factors is { Weight: > 0 } factors ? new(factors, _student, _train, Served) : null;
        IsClosed = place.IsManaged && _penalty is null or { IsOfAll: true } && _loss is IClosedForm && _distillation is null or IClosedForm && layers.Count == 0 && _domains is null && _factors is null && teaching.Way is not (TeachingWay.Online or TeachingWay.Balanced)
            && _mixer is null or { HasValue: false } or { IsBeside: false, Closed: not null };
    }

    public NetworkShape Shape { get; }

    public TaskData Train => _train;

    /// <summary>The network in training.</summary>
    public Learner Student => _student;

    /// <summary>How many rows of outputs there are for a row.</summary>
    public int Members => _form.Members;

    /// <summary>Which rows make up the steps of an epoch.</summary>
    public RowOrder Order { get; }

    /// <summary>What <see cref="Order"/> is made from.</summary>
    public OrderedRows Ordered() => _train.Ordered(Order == RowOrder.Stratified, _comparesWithinClasses);

    /// <summary>Whether all parts give their gradients themselves: <see cref="Closed"/>.</summary>
    public bool IsClosed { get; }

    /// <summary>What dependence on protected columns costs; null where it costs nothing.</summary>
    public PenaltyTerm? Penalty => _penalty;

    public bool HasTeacher => _distillation is not null;

    /// <summary>How several sets of outputs became one when the network was judged last.</summary>
    public OutputLink Link { get; private set; }

    /// <summary>What the rows of the next step are mixed with; empty for nothing.</summary>
    /// <param name="rows">Their numbers.</param>
    /// <param name="done">The share of the run that is done.</param>
    public RowMix[] Draw(ReadOnlySpan<long> rows, double done) => _mixer?.Draw(rows, done) ?? [];

    /// <summary>Whether mixtures stand behind the rows of a step, rather than in their place.</summary>
    public bool MixesBeside => _mixer?.IsBeside == true;

    /// <summary>What a penalty that looks at all training rows adds to the objective of a step; it looks before the step's forward pass.</summary>
    /// <param name="epoch">The pass over the rows, from 1.</param>
    /// <param name="done">The share of the run that is done.</param>
    public double OfAll(int epoch, double done) => _penalty?.OfAll(Served, new(epoch, done, _random) { State = _ofLoss }) ?? 0;

    /// <summary>The objective of a step whose parts give their gradients themselves; that at the outputs, times a share, is added to <paramref name="slopes"/>.</summary>
    /// <param name="epoch">The pass over the rows, from 1.</param>
    /// <param name="done">The share of the run that is done.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="outputs">Raw outputs [rows × members × outputs].</param>
    /// <param name="share">What the objective is multiplied with.</param>
    /// <param name="slopes">As many numbers as outputs.</param>
    public double Closed(int epoch, double done, BatchMemory batch, ReadOnlySpan<float> outputs, double share, Span<float> slopes)
    {
        var (step, width) = (new StepContext(epoch, done, _random), Shape.Outputs / _form.Sets);
        var following = Following(epoch);
        if (following is not null && _teacher?.CanBeAsked == true && batch.Mixture is { Block: null } mix)
            Memory.Of<float>(_teacher.Of(new(mix, CPU), batch.Features, 1).Scores.contiguous()).CopyTo(batch.Teacher);
        var (labels, teacher) = following?.Factors ?? (1, 0);
        var loss = labels == 0 ? 0 : labels * _form.AddGradient((IClosedForm)_loss, 0, true, step with { State = _ofLoss }, batch, outputs, width, share * labels, slopes);
        if (_mixer is { HasValue: true, Closed: { } own } && batch.Mixture is not null)
            loss += _form.AddGradient(own, 0, true, step, batch, outputs, width, share, slopes);
        return following is null ? loss : loss + teacher * _form.AddGradient((IClosedForm)following, following.TaughtSet, false, step with { State = _ofDistillation }, batch, outputs, width, share * teacher, slopes);
    }

    /// <summary>The objective of a step times a share, by autograd; leaves the gradients of the networks.</summary>
    /// <param name="epoch">The pass over the rows, from 1.</param>
    /// <param name="done">The share of the run that is done.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="rows">Their numbers.</param>
    /// <param name="share">What the objective is multiplied with.</param>
    /// <param name="mixed">What the rows are mixed with; null where they are not.</param>
    /// <param name="copies">Mixtures that stand behind the rows.</param>
    public Tensor Step(int epoch, double done, Batch batch, Tensor rows, Tensor share, MixedRows? mixed, IReadOnlyList<MixedRows> copies)
    {
        var following = Following(epoch);
        var context = new StepContext(epoch, done, _random) { Rows = TaskData.Names(rows, Members), Groups = _train.Groups(rows, Members), Members = Members, Mixed = Names(mixed, Members) };
        var (ofLoss, ofDistillation) = (context with { State = _ofLoss }, context with { State = _ofDistillation });
        var ofAll = OfAll(epoch, done);
        var companion = _companion?.Forward(batch, mixed?.Blend);
        var teacher = following is null or SelfDistillation ? null
            : companion is not null ? new TeacherOutput(TaskData.EachMember(companion.Scores, Members))
            : mixed is not null ? _teacher!.Of(mixed, batch.Features, Members)
            : _teacher!.Of(TaskData.Each(rows, Members));
        var moved = following?.Moves == true ? following.Move(Probe(batch, rows, mixed), ofDistillation) : null;
        Batch[] others = [.. copies.Select(copy => _train.Batch(copy, Members, soft: true))];
        var (features, categories) = moved is null && others.Length == 0 ? (batch.Features, batch.Categories)
            : (cat([batch.Features, .. moved is null ? Array.Empty<Tensor>() : [moved.Features], .. others.Select(other => other.Features)], 0),
                batch.Categories is null ? null : cat([batch.Categories, .. moved is null ? Array.Empty<Tensor>() : [batch.Categories], .. others.Select(other => other.Categories!)], 0));

        var outputs = _student.Forward(features, categories, mixed?.Blend).detach().requires_grad_();
        IReadOnlyList<Tensor> blocks = !NeedsBlocks ? [] : [.. _student.Network.Blocks.Select(block => block.detach().requires_grad_())];
        var count = rows.shape[0];
        var student = Answer(outputs, blocks, rows, 0) with { Moved = moved is null ? null : Answer(outputs, blocks, rows, count) };
        if (teacher is not null && moved?.Teacher is { } there)
            teacher = teacher with { Moved = EachMember(there) };
        var labels = following?.Factors.Labels == 0 ? null : OfLabels(student, batch, rows, ofLoss);
        var objective = following is null ? labels! : Join(following, labels, Distance(following, student, teacher, batch, ofDistillation));
        if (_penalty is { IsOfAll: false })
            objective += _penalty.Value(_form.Sets == 1 ? student.Logits : _form.Logits(Link.ToLogits(outputs.narrow(0, 0, count * Members))), _train.Protected!.Take(TaskData.Each(rows, Members)), batch.Targets, batch.Weights, ofLoss);
        if (_mixer is { HasValue: true } && (mixed is not null || copies.Count > 0))
            objective += _mixer.Value(new(student, batch, [.. copies.Select((copy, i) => new MixedCopy(Answer(outputs, blocks, rows, count * (i + (moved is null ? 1 : 2))), others[i], copy))])
            {
                Mixed = mixed,
                All = _mixer.All,
                Rows = _mixer.Features,
                Ask = (numbers, others) => Ask(numbers, others, rows),
                OfLabels = (said, of) => OfLabels(said, of, rows, ofLoss),
            }, context);
        (objective * share).backward();
        if (companion is not null)
            _companion!.Backward(companion, mixed is null ? _train.TargetsOf(rows) : _train.TargetsOf(mixed), (Of(_train.Weights), Of(_train.LabelWeights)), _form.Scores(student.Logits.detach()),
                following!, share, context with { Rows = rows, Groups = _train.Groups(rows, 1), Mixed = Names(mixed, 1) }, mixed is null ? null : _train.PairsOf(mixed));
        _student.Network.Backward(outputs.grad!, blocks.Count == 0 ? null : [.. blocks.Select(block => block.grad)]);
        _penalty?.AddOfAll(share);
        var ofFactors = _factors?.Add(batch.Features, batch.Categories, Of(_train.Weights), share);
        return (objective.detach() + ofAll + (ofFactors ?? 0)) * share;

        Tensor? Of(Tensor? all) => mixed is null ? all?.index_select(0, rows) : all is null ? null : mixed.Of(all);
    }

    /// <summary>The loss on the labels, which for mixed rows are two.</summary>
    private Tensor OfLabels(StudentOutput student, Batch batch, Tensor rows, StepContext step)
    {
        var weights = _domains is null ? batch.LabelWeights : _domains.Weights(batch.LabelWeights, TaskData.Each(rows, Members));
        return batch.Pairs is { } pairs && !_loss.TakesSoftTargets ? pairs.Loss(_loss, student.Logits, weights, step) : _loss.Value(student, batch.Targets, weights, step);
    }

    private static (Tensor, Tensor)? Names(MixedRows? mixed, int members) => mixed is null ? null : (TaskData.Names(mixed.Partners, members), TaskData.Each(mixed.Shares, members));

    /// <summary>The steps of the networks that the last one left gradients for.</summary>
    /// <param name="learningRate">Their size.</param>
    /// <param name="progress">The share of the run that is done at the end of this epoch.</param>
    /// <param name="endsEpoch">Whether they are the last of their epoch.</param>
    public void Learn(double learningRate, double progress, bool endsEpoch)
    {
        _student.Step(learningRate, progress, endsEpoch);
        _companion?.Step(learningRate, progress, endsEpoch);
    }

    /// <summary>What the network's outputs must be to be judged, of members as one where that loses nothing.</summary>
    public Tensor ToJudge(Tensor outputs) => _form.Sets > 1 ? outputs : _form.Average(outputs, _loss.Link(_ofLoss));

    /// <summary>How good the network is on held-out labels, and how much it depends on protected columns there, where the penalty has a target; the smaller, the better.</summary>
    /// <param name="outputs">What <see cref="ToJudge"/> made of its outputs for all of these rows.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="epoch">The pass over the training rows, from 1.</param>
    public (Tensor Loss, double? Dependence) Judge(Tensor outputs, TaskData rows, int epoch)
    {
        if (_form.Sets > 1)
        {
            Link = _domains?.Link ?? _distillation!.Combine([.. _form.Split(outputs).Select(set => _form.Logits(_form.Average(set)))], rows.Targets(), rows.LabelWeights);
            outputs = _form.Average(Link.ToLogits(outputs));
        }

        var (logits, step) = (_form.Logits(outputs), new StepContext(epoch, 0, new Generator(0)) { State = _ofLoss, Groups = rows.Data.Groups });
        var loss = _loss.Judge(new(logits), rows.Targets(), rows.LabelWeights, step);
        if (_penalty?.Dependence(logits, rows, step) is { } dependence)
            return (loss, dependence);
        return (_penalty is null || rows.Protected is null ? loss : loss + _penalty.Value(logits, rows.Protected, rows.Targets(), rows.Weights, step), null);
    }

    /// <summary>At the end of an epoch, a network that teaches itself says what it thinks of all rows.</summary>
    public void Remember(Action checkCanceled)
    {
        if (_ofTeachers[Said] is not { } said)
            return;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        for (var start = 0L; start < _train.Rows; start += 1024)
        {
            checkCanceled();
            var (features, categories) = _train.Inputs(start, Math.Min(1024, _train.Rows - start));
            said.narrow(0, start, features.shape[0]).copy_(_form.Scores(_form.Logits(_student.Network.Forward(features, categories, null))));
        }
    }

    /// <summary>The weights as they are served, and how their outputs are read.</summary>
    /// <param name="parameters">The network's weights.</param>
    /// <param name="link">As <see cref="Link"/> was when they were judged.</param>
    /// <param name="scale">What real labels were scaled by.</param>
    /// <param name="trained">Whether they are more than where they began.</param>
    public (float[] Parameters, OutputLink Link) Served(float[] parameters, OutputLink link, Scale scale, bool trained)
    {
        link = _form.Sets > 1 ? link : _loss.Link(_ofLoss);
        var layout = _student.Graph.Layout;
        var served = link.IsLinear ? scale.FoldInto(parameters, layout) : [.. parameters];
        if (trained)
            _distillation?.Finish(Of(layout.Slots[^2]), Of(layout.Slots[^1]), _ofDistillation);
        return (served, link.In(scale));

        Span<float> Of(ParameterSlot slot) => served.AsSpan(slot.Offset, slot.Count);
    }

    /// <summary>Writes what the next steps depend on.</summary>
    public void Write(BinaryWriter writer)
    {
        _random.Write(writer);
        _mixer?.Write(writer);
        _penalty?.Write(writer);
        foreach (var state in (PartState[])[_ofLoss, _ofDistillation, _ofTeachers])
            state.Write(writer);
        _student.Write(writer);
        _companion?.Write(writer);
    }

    /// <summary>Goes on where an objective of the same parts and rows wrote itself.</summary>
    /// <exception cref="EndOfStreamException">There is less than <see cref="Write"/> writes.</exception>
    public void Read(BinaryReader reader)
    {
        _random.Read(reader);
        _mixer?.Read(reader);
        _penalty?.Read(reader);
        foreach (var state in (PartState[])[_ofLoss, _ofDistillation, _ofTeachers])
            state.Read(reader);
        _student.Read(reader);
        _companion?.Read(reader);
    }

    public void Dispose()
    {
        foreach (var state in (PartState[])[_ofLoss, _ofDistillation, _ofTeachers])
            state.Dispose();
        _companion?.Dispose();
        _mixer?.Dispose();
    }

    /// <summary>How the teacher is followed in an epoch: a network that is its own teacher has said nothing before the first.</summary>
    private Distillation? Following(int epoch) => _teaching.Way == TeachingWay.Self && epoch == 1 ? null : _distillation;

    private static Tensor Join(Distillation following, Tensor? labels, Tensor distance) => labels is null ? following.Factors.Teacher * distance : following.Join(labels, distance);

    private Tensor Distance(Distillation following, StudentOutput student, TeacherOutput? teacher, Batch batch, StepContext step) =>
        _teaching.Way == TeachingWay.Balanced && teacher is not null
            ? TeacherBalance.Join(_ofTeachers, [.. teacher.Each.Select(one => following.Value(student, one with { Hidden = teacher.Hidden }, batch.Targets, batch.Weights, step))])
            : following.Value(student, teacher!, batch.Targets, batch.Weights, step);

    /// <summary>The logits or values that the network serves for its outputs, of members and sets as one.</summary>
    private Tensor Served(Tensor outputs) => _form.Logits(_form.Sets > 1 ? _form.Average(Link.ToLogits(outputs)) : ToJudge(outputs));

    /// <summary>What the network would say of rows, with gradients at the features and none at the weights.</summary>
    private StudentOutput Ask(Tensor features, Tensor? categories, Tensor rows)
    {
        var pass = _student.Graph.Pass([.. _student.Views.Select(view => view.detach())], features, categories, null);
        var sets = _form.Split(pass.Outputs);
        return new(_form.Logits(_domains?.Own(sets, TaskData.Each(rows, Members)) ?? sets[0])) { Hidden = pass.Hidden };
    }

    /// <summary>What the network loses on each row of a mixture: cross-entropy, or the squared error.</summary>
    private float[] Losses(RowMix mix)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var mixed = new MixedRows(mix, _student.Parameters.device);
        var batch = _train.Batch(mixed, 1, soft: true);
        var logits = _form.Logits(_form.Average(_form.Split(_student.Answer(batch.Features, batch.Categories))[0], _loss.Link(_ofLoss)));
        var each = batch.Targets.AreReal ? (logits - batch.Targets.RealValues(logits.narrow(1, 0, 1))).square().mean([1L]) : -(batch.Targets.Distribution(logits) * logits.log_softmax(1)).sum(1);
        return Memory.Of<float>(each.cpu().contiguous()).ToArray();
    }

    private bool NeedsBlocks => _mixer?.NeedsHidden == true || _loss.NeedsHidden || _distillation?.NeedsHidden == true || _student.Heads.Any;

    private Probe Probe(Batch batch, Tensor rows, MixedRows? mixed)
    {
        var elsewhere = _teacher?.Elsewhere(rows, mixed) ?? [];
        return new(batch.Features, mixed is null ? _train.TargetsOf(rows) : _train.TargetsOf(mixed), mixed is null ? _teacher?.Of(rows) : _teacher?.Of(mixed, batch.Features, 1), features => _form.Logits(_form.Average(_form.Split(_student.Answer(features, batch.Categories))[0], _loss.Link(_ofLoss))), elsewhere);
    }

    private TeacherOutput EachMember(TeacherOutput said) => Members == 1 ? said : said with
    {
        Scores = TaskData.EachMember(said.Scores, Members),
        Hidden = said.Hidden is null ? null : TaskData.EachMember(said.Hidden, Members),
        Each = [.. said.Each.Select(EachMember)],
    };

    /// <summary>What the network says of some of the rows that it was just shown: outputs, and where they are asked for blocks and what heads make of them.</summary>
    /// <param name="outputs">The outputs for all.</param>
    /// <param name="blocks">The blocks for all; empty where nobody asks.</param>
    /// <param name="rows">The numbers of some of them.</param>
    /// <param name="first">Where these begin.</param>
    private StudentOutput Answer(Tensor outputs, IReadOnlyList<Tensor> blocks, Tensor rows, long first)
    {
        var count = rows.shape[0];
        var sets = _form.Split(Rows(outputs));
        var own = _domains?.Own(sets, TaskData.Each(rows, Members));
        var student = new StudentOutput(_form.Logits(own ?? sets[0])) { Sets = sets.Count == 1 || own is not null ? [] : [.. sets.Select(_form.Logits)] };
        if (blocks.Count == 0)
            return student;
        Tensor[] entered = [.. blocks.Select(Rows)];
        return student with
        {
            Features = _loss.NeedsHidden ? TaskData.EachMember(_student.Network.Entered.detach().narrow(0, first, count), Members) : null,
            Hidden = entered[^1],
            Blocks = entered,
            Heads = _student.OfHeads(entered),
        };

        Tensor Rows(Tensor all) => all.shape[0] == count * Members ? all : all.narrow(0, first * Members, count * Members);
    }
}
