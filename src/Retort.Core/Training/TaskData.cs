namespace Retort;

/// <summary>A dataset in the form that a run asks for: checked once, real labels scaled, batches by row number.</summary>
internal sealed class TaskData
{
    private readonly Dataset _data;
    private readonly Tensor _labels;
    private readonly Tensor? _teacher, _labelWeights;
    private readonly Tensor[] _teachers;
    private readonly bool _isRegression;
    private readonly double _totalWeight;

    /// <param name="data">The rows.</param>
    /// <param name="task">What is to be predicted.</param>
    /// <param name="scale">What real labels are scaled by.</param>
    /// <param name="teacher">Scores in place of those of the data, already scaled.</param>
    public TaskData(Dataset data, LearningTask task, Scale scale, Tensor? teacher = null)
    {
        (_data, _isRegression) = (data, task == LearningTask.Regression);
        _teacher = teacher ?? (data.Teacher is null ? null : scale.Apply(data.Teacher));
        _teachers = [.. data.Teachers.Select(scale.Apply)];
        _labels = scale.Apply(data.Labels!);
        if (data.Labeled is not null)
        {
            var said = Check.Given(_teacher, "The teacher of rows without a label");
            _labels = where(data.Labeled, _labels, _isRegression ? said.squeeze(1) : said.argmax(1));
            var labeled = data.Labeled.to_type(float32);
            _labelWeights = data.Weights is null ? labeled : data.Weights * labeled;
        }

        _totalWeight = data.Weights?.sum(float64).ToDouble() ?? data.Rows;
    }

    /// <exception cref="ArgumentException">The rows do not make a dataset of the task.</exception>
    public static void CheckFits(Dataset data, LearningTask task)
    {
        using var scope = NewDisposeScope();
        var isRegression = task == LearningTask.Regression;
        Check.AtLeast(data.Rows, 1, "The number of rows");
        Check.AtLeast(data.Classes, isRegression ? 1 : 2, "The number of classes");
        var labels = Check.Given(data.Labels, "Labels");
        Check.Type(labels, isRegression ? float32 : int64, "Labels");
        Check.Shape(labels, $"[{data.Rows}]", labels.dim() == 1 && labels.shape[0] == data.Rows, "Labels");
        if (data.Labeled is not null)
        {
            Check.Type(data.Labeled, ScalarType.Bool, "Labeled");
            if (!data.Labeled.any().ToBoolean())
                throw Check.Wrong("The number of rows with a label", "be at least 1", "0");
            labels = labels.masked_select(data.Labeled);
        }

        if (!isRegression)
        {
            Check.InRange(labels.min().ToInt64(), 0, data.Classes - 1, "The smallest label");
            Check.InRange(labels.max().ToInt64(), 0, data.Classes - 1, "The largest label");
        }

        foreach (var scores in data.Teachers.Prepend(data.Teacher))
            if (scores is not null)
                Check.Shape(scores, $"[{data.Rows}, {data.Classes}] as the student has", scores.shape.AsSpan().SequenceEqual([data.Rows, data.Classes]), "the teacher's scores");
        if (data.Weights is not null)
        {
            Check.AtLeast(data.Weights.min().ToDouble(), 0, "The smallest weight");
            Check.MoreThan(data.Weights.sum(float64).ToDouble(), 0, "The sum of all weights");
        }
    }

    /// <summary>Whether any row counts.</summary>
    public static bool HasWeight(Dataset data)
    {
        using var scope = NewDisposeScope();
        return data.Rows > 0 && (data.Weights is null || data.Weights.sum(float64).ToDouble() > 0) && data.Labeled?.any().ToBoolean() != false;
    }

    public long Rows => _data.Rows;

    public Tensor? Weights => _data.Weights;

    /// <summary>How much each row's label counts: as <see cref="Weights"/>, and 0 where there is none.</summary>
    public Tensor? LabelWeights => _labelWeights ?? Weights;

    /// <summary>All rows' targets; of rows without a label what the teacher says.</summary>
    public Targets Targets() => Targets(_labels);

    public Tensor Labels => _labels;

    public Tensor? Teacher => _teacher;

    /// <summary>Of several teachers each one's scores.</summary>
    public Tensor[] Teachers => _teachers;

    public Dataset Data => _data;

    public ProtectedColumns? Protected => _data.Protected;

    /// <summary>What the order of an epoch is made from.</summary>
    /// <param name="byCell">Whether the cells of protected columns are asked for.</param>
    /// <param name="byClass">Whether rows of one cell and other classes are in other cells.</param>
    public OrderedRows Ordered(bool byCell = false, bool byClass = false)
    {
        using var scope = NewDisposeScope();
        return new(Rows, _isRegression ? [] : Of(_labels), _data.Groups is null ? [] : Of(_data.Groups))
        {
            Labeled = _data.Labeled is null ? [] : Memory.Of<bool>(_data.Labeled.cpu()).ToArray(),
            Cells = !byCell ? [] : Of(byClass && !_isRegression ? _data.Protected!.Cells * _data.Classes + _labels : _data.Protected!.Cells),
        };

        static long[] Of(Tensor numbers) => Memory.Of<long>(numbers.cpu()).ToArray();
    }

    /// <summary>The groups of rows, as often as there are members; null where nobody said.</summary>
    public Tensor? Groups(Tensor rows, int members) =>
        _data.Groups is null ? null : members == 1 ? _data.Groups.index_select(0, rows) : _data.Groups.index_select(0, rows).repeat_interleave(members);

    /// <summary>What the rows of an ensemble's outputs are called from epoch to epoch.</summary>
    public static Tensor Names(Tensor rows, int members) =>
        members == 1 ? rows : (rows.unsqueeze(1) * members + arange(members, dtype: int64, device: rows.device)).view(-1);

    /// <summary>What a mixing may know of these rows.</summary>
    /// <param name="graph">The network; null where there is none.</param>
    public MixingRows ForMixing(NetworkGraph? graph)
    {
        using var scope = NewDisposeScope();
        var sample = _data.Inputs(Sample(Math.Min(Rows, 10_000))).Features;
        var kinds = new byte[Rows]; // 2 where the label counts, 1 where only a teacher speaks of the row, 0 where nothing counts
        var (weights, labels) = (Numbers(Weights), Numbers(LabelWeights));
        for (var row = 0; row < kinds.Length; row++)
            kinds[row] = (byte)(labels.Length == 0 || labels[row] > 0 ? 2 : weights.Length == 0 || weights[row] > 0 ? 1 : 0);
        return new()
        {
            Rows = Rows,
            Features = (int)_data.Features.shape[1],
            Columns = _data.Cardinalities.Length,
            Blocks = graph?.Blocks.Length ?? 0,
            HiddenWidth = graph?.BlockWidths[^1] ?? 0,
            Means = sample.shape[1] == 0 ? [] : Numbers(sample.mean([0L])),
            Deviations = sample.shape[1] == 0 ? [] : Numbers(sample.std(0L, unbiased: false)),
            Classes = _data.Classes,
            Labels = _isRegression ? [] : Memory.Of<long>(_labels.cpu()).ToArray(),
            Values = _isRegression ? Numbers(_labels) : [],
            Kinds = Array.TrueForAll(kinds, kind => kind == 2) ? [] : kinds,
        };

        static float[] Numbers(Tensor? all) => all is null ? [] : Memory.Of<float>(all.cpu().contiguous()).ToArray();
    }

    /// <summary>A batch of mixed rows.</summary>
    /// <param name="mixed">The mixture.</param>
    /// <param name="members">How often every target is needed.</param>
    /// <param name="soft">Whether two classes become probabilities; else targets are the rows' own classes, beside those of their partners.</param>
    public Batch Batch(MixedRows mixed, int members, bool soft)
    {
        var (features, categories) = mixed.Inputs(_data);
        return new(features, categories, TargetsOf(mixed, members, soft), Weights is null ? null : Each(mixed.Of(Weights), members), null)
        {
            LabelWeights = LabelWeights is null ? null : Each(mixed.Of(LabelWeights), members),
            Pairs = PairsOf(mixed)?.EachMember(members),
        };
    }

    /// <summary>The classes of mixed rows; null in regression.</summary>
    public LabelPairs? PairsOf(MixedRows mixed) => _isRegression ? null : new(_labels.index_select(0, mixed.Rows), _labels.index_select(0, mixed.Partners), mixed.Shares);

    /// <summary>The targets of mixed rows.</summary>
    /// <inheritdoc cref="Batch(MixedRows, int, bool)"/>
    public Targets TargetsOf(MixedRows mixed, int members = 1, bool soft = true)
    {
        if (_isRegression)
            return Targets(Each(mixed.Of(_labels), members));
        var own = _labels.index_select(0, mixed.Rows);
        return soft ? Retort.Targets.Probabilities(EachMember(mixed.Of(OneHot(own), OneHot(_labels.index_select(0, mixed.Partners))), members)) : Targets(Each(own, members));

        Tensor OneHot(Tensor classes) => nn.functional.one_hot(classes, _data.Classes).to_type(float32);
    }

    /// <summary>A batch for an ensemble: every target as often as there are members.</summary>
    public Batch Batch(Tensor rows, int members)
    {
        var (features, categories) = _data.Inputs(rows);
        var each = Each(rows, members);
        return new(features, categories, Targets(_labels.index_select(0, each)), Weights?.index_select(0, each), null) { LabelWeights = LabelWeights?.index_select(0, each) };
    }

    /// <summary>The targets of rows.</summary>
    public Targets TargetsOf(Tensor rows) => Targets(_labels.index_select(0, rows));

    /// <summary>The deviation of each feature over a sample of at most 10,000 rows, [features].</summary>
    public Tensor Deviations()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var count = Math.Min(Rows, 10_000);
        return _data.Inputs(Sample(count)).Features.std(0L, unbiased: false).MoveToOuterDisposeScope();
    }

    /// <summary>The mean of each feature over the same sample, [features].</summary>
    public Tensor Means()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return _data.Inputs(Sample(Math.Min(Rows, 10_000))).Features.mean([0L]).MoveToOuterDisposeScope();
    }

    private Tensor Sample(long count) => tensor(Enumerable.Range(0, (int)count).Select(i => i * Rows / count).ToArray(), dtype: int64, device: _labels.device);

    /// <summary>Each row as often as there are members.</summary>
    public static Tensor EachMember(Tensor rows, int members) => members == 1 ? rows : rows.repeat_interleave(members, 0);

    /// <summary>Rows as often as there are members.</summary>
    public static Tensor Each(Tensor rows, int members) => members == 1 ? rows : rows.repeat_interleave(members);

    /// <summary>Features and categories of rows that follow each other.</summary>
    public (Tensor Features, Tensor? Categories) Inputs(long start, long count) => _data.Inputs(start, count);

    /// <summary>Lets the layers take what they take from the training rows, a sample of at most 10,000, evenly spaced.</summary>
    public void Prepare(NetworkGraph graph, Span<float> parameters)
    {
        using var scope = NewDisposeScope();
        var count = Math.Min(Rows, 10_000);
        var (features, categories) = _data.Inputs(Sample(count));
        graph.Prepare(graph.Shape.Features == 0 ? [] : Memory.Of<float>(features.cpu()), categories is null ? [] : Memory.Of<long>(categories.cpu()), (int)count, parameters);
    }

    /// <summary>The weight of a batch beside that of a full batch of mean rows: a light batch must move the network less than a heavy one.</summary>
    public double Share(double weight, int batchSize) => weight / (_totalWeight / Rows * Math.Min(batchSize, Rows));

    /// <summary>As <see cref="Share"/>, without waiting for the device that the weights are on.</summary>
    public Tensor ShareThere(Tensor weights, int batchSize) => weights.sum() / (_totalWeight / Rows * Math.Min(batchSize, Rows));

    private Targets Targets(Tensor labels) => _isRegression ? Retort.Targets.Values(labels) : Retort.Targets.Classes(labels);
}
